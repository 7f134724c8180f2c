"""What the words of the glossary mean, drawn: each curve and number follows from its formula."""

from __future__ import annotations

import hashlib
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.privacy import risk
from pages.parts.figures import AMBER, GREY, INDIGO, PLUM, TEAL, Drawn
from pages.parts.figures.plain import area, bars, curve, drawn, label, layout, tiles

_EPSILON = 1.0
_WITHOUT, _WITH = 100, 101  # an exact number, and the same with one person more
_USUAL_DELTA = 1e-6
_LADDER_WIDTH = 24  # letters in a line of a question


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing and what it shows, in words that stand beside it and for it."""

    figure: Drawn
    says: str


def picture(name: str) -> Picture:
    """The drawing called `name`, in the reader's language.

    Raises:
        KeyError: there is none.
    """
    return PICTURES[name]()


def _epsilon() -> Picture:
    """Two Laplace densities at distance 1 with scale 1/ε: their ratio is e^ε at most."""
    xs = [95 + n / 10 for n in range(111)]
    traces = [
        curve(xs, [_laplace(x, centre) for x in xs], name, colour, dash)
        for centre, name, colour, dash in (
            (_WITHOUT, _("without the person"), INDIGO, "dash"),
            (_WITH, _("with the person"), TEAL, "solid"),
        )
    ]
    return Picture(
        figure=drawn(traces, x=_("number that is published"), y=_("how likely")),
        says=_(
            "At ε = 1 a published number is nowhere more than {times} times as likely with one "
            "person as without, so it tells little of whether the person is in it."
        ).format(times=locales.formatted(math.exp(_EPSILON), ".1f")),
    )


def _laplace(x: float, centre: float) -> float:
    return _EPSILON / 2 * math.exp(-_EPSILON * abs(x - centre))


def _delta() -> Picture:
    """Gaussian noise: the part beyond ε, by Balle and Wang 2018, arXiv:1805.06530, Theorem 5."""
    normal, sigma = NormalDist(), 1.0
    beyond = _WITHOUT + 0.5 + _EPSILON * sigma**2
    delta = normal.cdf(0.5 / sigma - _EPSILON * sigma) - math.exp(_EPSILON) * normal.cdf(
        -0.5 / sigma - _EPSILON * sigma
    )
    xs = [96 + n / 20 for n in range(181)]
    here, there = NormalDist(_WITHOUT, sigma), NormalDist(_WITH, sigma)
    tail = [x for x in xs if x >= beyond]
    low = [math.exp(_EPSILON) * here.pdf(x) for x in tail]
    traces = [
        curve(xs, [here.pdf(x) for x in xs], _("without the person"), INDIGO, "dash"),
        curve(xs, [there.pdf(x) for x in xs], _("with the person"), TEAL, "solid"),
        *area(tail, low, [there.pdf(x) for x in tail], _("beyond ε: δ"), AMBER),
    ]
    return Picture(
        figure=drawn(traces, x=_("number that is published"), y=_("how likely")),
        says=_(
            "Far out, one curve is more than e^ε times the other; what lies there is δ. It is "
            "drawn large here, {share} of all cases; in practice it is below one in a million."
        ).format(share=locales.share(delta)),
    )


def _odds() -> Picture:
    percents = list(range(0, 101, 2))
    traces = [
        curve(
            percents,
            [100 * risk.posterior(p / 100, epsilon) for p in percents],
            f"ε = {locales.formatted(epsilon, 'g')}",
            colour,
            dash,
        )
        for epsilon, colour, dash in ((0.1, INDIGO, "dot"), (1, TEAL, "solid"), (3, PLUM, "dash"))
    ]
    return Picture(
        figure=drawn(traces, x=_("sure beforehand, in 100"), y=_("sure afterwards, at most")),
        says=_(
            "Who is sure in 50 of 100 cases beforehand can be right in {low} at ε = 0.1, in {mid} "
            "at ε = 1 and in {high} at ε = 3."
        ).format(
            low=locales.formatted(100 * risk.posterior(0.5, 0.1), ".0f"),
            mid=locales.formatted(100 * risk.posterior(0.5, 1), ".0f"),
            high=locales.formatted(100 * risk.posterior(0.5, 3), ".0f"),
        ),
    )


def _margin() -> Picture:
    normal = NormalDist(120, 15 / 1.96)
    xs = [95 + n / 2 for n in range(101)]
    inside = [x for x in xs if 105 <= x <= 135]
    traces = [
        *area(inside, [0.0] * len(inside), [normal.pdf(x) for x in inside], _("95 in 100"), TEAL),
        curve(xs, [normal.pdf(x) for x in xs], _("where the exact number lies"), INDIGO, "solid"),
    ]
    return Picture(
        figure=drawn(traces, x=_("number"), y=_("how likely")),
        says=_("Published is 120 ± 15: in 95 of 100 releases the exact number lies in 105 to 135."),
    )


def _bounds() -> Picture:
    orders, most = (1, 2, 2, 3, 4, 6, 9, 14, 27, 40), 10
    people = [f"{n + 1}" for n in range(len(orders))]
    kept = [min(n, most) for n in orders]
    cut = [n - k for n, k in zip(orders, kept, strict=True)]
    traces = [
        bars(people, kept, _("counted"), TEAL),
        bars(people, cut, _("beyond the bound"), AMBER, pattern="/"),
    ]
    return Picture(
        figure=drawn(traces, x=_("person"), y=_("number of orders"), barmode="stack"),
        says=_(
            "With a bound of {most} orders the noise has to hide {most} and not {top}; {cut} of "
            "{all} orders are left out."
        ).format(most=most, top=max(orders), cut=sum(cut), all=sum(orders)),
    )


def _budget() -> Picture:
    """Gaussian releases of ε = 1: the sum of ρ, read at one δ; Bun and Steinke 2016, Prop. 1.3."""
    spread = math.log(1 / _USUAL_DELTA)
    rho = (math.sqrt(spread + 1) - math.sqrt(spread)) ** 2
    counts = list(range(1, 13))
    proven = [n * rho + 2 * math.sqrt(n * rho * spread) for n in counts]
    fits = sum(total <= 5 for total in proven)
    traces = [
        curve(counts, [float(n) for n in counts], _("sum of all ε"), INDIGO, "dot"),
        curve(counts, proven, _("what is proven"), TEAL, "solid"),
        curve(counts, [5.0] * len(counts), _("budget"), AMBER, "dash"),
    ]
    return Picture(
        figure=drawn(traces, x=_("releases of ε = 1 each"), y=_("spent, as ε")),
        says=_(
            "A budget of ε = 5 lasts for 5 releases of ε = 1 if all ε are summed, and for {n} by "
            "what is proven of their noise (δ = one in a million). The rest is left."
        ).format(n=fits),
    )


def _k() -> Picture:
    groups = {
        _("20–29, postcode 10"): 6,
        _("30–39, postcode 10"): 5,
        _("30–39, postcode 80"): 8,
        _("40–49, postcode 80"): 3,
    }
    k = min(groups.values())
    return Picture(
        figure=tiles(groups, lambda size: AMBER if size == k else TEAL),
        says=_(
            "Each square is a person; those in one line look alike. The shortest line is what "
            "counts: k = {k}, so its people can be picked with a chance of one in {k}."
        ).format(k=k),
    )


def _l() -> Picture:
    groups = [_("group 1"), _("group 2"), _("group 3")]
    values = {
        _("flu"): ([10, 9, 3], TEAL, ""),
        _("asthma"): ([0, 1, 3], INDIGO, "/"),
        _("ulcer"): ([0, 0, 4], PLUM, "x"),
    }
    found = [sum(bool(counts[n]) for counts, *_rest in values.values()) for n in range(3)]
    traces = [bars(groups, counts, name, c, pattern=p) for name, (counts, c, p) in values.items()]
    return Picture(
        figure=drawn(traces, x="", y=_("people"), barmode="stack"),
        says=_(
            "Ten people look alike in each group. Different illnesses in them: {one}, {two} and "
            "{three}. In group 1 all have flu, so whoever finds the group knows it."
        ).format(one=found[0], two=found[1], three=found[2]),
    )


def _t() -> Picture:
    values = [_("flu"), _("asthma"), _("ulcer"), _("none")]
    whole, group = [0.2, 0.1, 0.1, 0.6], [0.4, 0.2, 0.1, 0.3]
    apart = sum(abs(w - g) for w, g in zip(whole, group, strict=True)) / 2
    traces = [
        bars(values, [100 * w for w in whole], _("whole table"), INDIGO, pattern="/"),
        bars(values, [100 * g for g in group], _("one group"), TEAL),
    ]
    return Picture(
        figure=drawn(traces, x="", y="%", barmode="group"),
        says=_(
            "In this group illnesses are spread otherwise than in the table: {t} of all would have "
            "to move to make them equal, so t = {t}."
        ).format(t=locales.formatted(apart, ".2f")),
    )


def _fedavg() -> Picture:
    sites = ((100, 2.0), (300, 4.0), (600, 3.0))
    rows = sum(n for n, _weight in sites)
    average = sum(n * weight for n, weight in sites) / rows
    server = label(1, 1, f"<b>{_('the server')}</b><br>{locales.formatted(average, 'g')}", TEAL)
    notes, arrows = [server], []
    for place, (n, weight) in enumerate(sites):
        said = _("site {n}: {rows} rows").format(n=place + 1, rows=n)
        notes.append(label(place, 0, f"<b>{said}</b><br>{locales.formatted(weight, 'g')}", INDIGO))
        up = {"x": 0.75 + place * 0.25, "y": 0.8, "ax": place - 0.08, "ay": 0.22}
        down = {"x": place + 0.08, "y": 0.22, "ax": 0.85 + place * 0.25, "ay": 0.8}
        arrows += [_arrow(up, TEAL), _arrow(down, GREY)]
    return Picture(
        figure=layout([*notes, *arrows], x=(-0.6, 2.6), y=(-0.3, 1.3), height=260),
        says=_(
            "Each site sends its weight and keeps its rows. The server averages by rows, "
            "(100 × 2 + 300 × 4 + 600 × 3) ÷ 1,000 = {average}, and hands that back."
        ).format(average=locales.formatted(average, "g")),
    )


def _arrow(ends: Mapping[str, float], colour: str) -> dict[str, object]:
    return {
        **ends,
        "axref": "x",
        "ayref": "y",
        "showarrow": True,
        "arrowhead": 2,
        "arrowwidth": 2,
        "arrowcolor": colour,
        "text": "",
    }


def _transfer() -> Picture:
    return _ladder(
        [
            (_("Does it go abroad?"), _("no: no duty of transfer")),
            (_("Is the country adequate?"), _("yes: it may go")),
            (_("Clauses or group rules, and assessed?"), _("yes: it may go")),
            (_("A single case under a derogation?"), _("yes: this once")),
            (_("None of them"), _("it may not go")),
        ],
        _(
            "Asked from top to bottom, after the GDPR: the first question that is answered "
            "decides. Other laws ask others; the strictest that applies decides."
        ),
    )


def _verdicts() -> Picture:
    return _ladder(
        [
            (_("Does the duty apply here?"), _("no: not applicable")),
            (_("Is everything known that decides it?"), _("no: not assessed")),
            (_("Is what it asks for there?"), _("yes: met")),
            (_("Has an officer decided to bear it?"), _("yes: waived, for a time")),
            (_("None of them"), _("not met")),
        ],
        _("Asked from top to bottom: the first question that is answered gives the verdict."),
    )


def _ladder(steps: Sequence[tuple[str, str]], says: str) -> Picture:
    notes: list[dict[str, object]] = []
    last = len(steps) - 1
    for place, (asked, answer) in enumerate(steps):
        y = last - place
        words = "<br>".join(textwrap.wrap(asked, _LADDER_WIDTH))
        notes.append(label(0, y, words, AMBER if place == last else INDIGO))
        notes.append({**label(1.7, y, answer, GREY), "borderpad": 4})
        notes.append(_arrow({"x": 1.0, "y": y, "ax": 0.8, "ay": y}, GREY))
        if place < last:
            notes.append(_arrow({"x": 0, "y": y - 0.63, "ax": 0, "ay": y - 0.37}, INDIGO))
    figure = layout(notes, x=(-1, 2.4), y=(-0.6, last + 0.6), height=64 * len(steps))
    return Picture(figure=figure, says=says)


def _chain() -> Picture:
    """Hashes of entries, each over the one before; then the same with the third one changed."""
    acts = ["add", "discover", "release", "report", "export"]
    changed = [*acts[:2], "relaese", *acts[3:]]
    before, after = _hashes(acts), _hashes(changed)
    notes: list[dict[str, object]] = []
    for line, hashes, name in ((1, before, _("as written")), (0, after, _("entry 3 changed"))):
        heading = label(-0.4, line + 0.42, name, GREY)
        notes.append({**heading, "borderwidth": 0, "xanchor": "left"})
        for place, found in enumerate(hashes):
            is_odd = found != before[place]
            words = f"{place + 1}{' ✗' if is_odd else ''}<br>{found}"
            notes.append(label(place, line, words, AMBER if is_odd else TEAL))
            if place:
                ends = {"x": place - 0.36, "y": line, "ax": place - 0.64, "ay": line}
                notes.append(_arrow(ends, AMBER if is_odd else GREY))
    return Picture(
        figure=layout(notes, x=(-0.5, 4.5), y=(-0.4, 1.7), height=220),
        says=_(
            "Each entry carries a hash of all before. One letter of entry 3 was changed: the "
            "hashes of entries 3 to {n} no longer fit, so it shows."
        ).format(n=len(acts)),
    )


def _hashes(acts: Sequence[str]) -> list[str]:
    found = [""]
    for act in acts:
        found.append(hashlib.sha256(f"{found[-1]}{act}".encode()).hexdigest()[:4])
    return found[1:]


PICTURES: Mapping[str, Callable[[], Picture]] = {
    "epsilon": _epsilon,
    "delta": _delta,
    "odds": _odds,
    "margin": _margin,
    "bounds": _bounds,
    "budget": _budget,
    "k": _k,
    "l": _l,
    "t": _t,
    "fedavg": _fedavg,
    "transfer": _transfer,
    "verdicts": _verdicts,
    "chain": _chain,
}
