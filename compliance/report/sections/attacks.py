"""What attackers got out of a table before and after it was anonymised, question by question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from compliance.anonymise.nouns.attack import Attack, AttackKind, Siege
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark, meant
from compliance.i18n import translate as _
from compliance.report import charts, wording
from compliance.report.tables import Cell, Fill, Plain, heading, stacked, table, toned
from compliance.report.texts import texts
from compliance.report.wording import count

# The Opinion's three questions in its order, and one more.
QUESTIONS = (
    AttackKind.SINGLING_OUT,
    AttackKind.LINKAGE,
    AttackKind.INFERENCE,
    AttackKind.MEMBERSHIP,
)
MOST_ATTACKS_PRINTED = 60
_SMALLEST = 0.0005
_COLUMNS_SHOWN = 12
_TARGET_WIDTH = 11


class Standing(StrEnum):
    """How an output stands towards one question; `WITHIN` is said of linkage alone."""

    NO_GAIN = mark("not beyond chance")
    WITHIN = mark("as groups allow")
    GAIN = mark("beyond chance")
    NOT_ASSESSED = mark("not assessed")


TONES = {
    Standing.NO_GAIN: "good",
    Standing.WITHIN: "calm",
    Standing.GAIN: "warn",
    Standing.NOT_ASSESSED: "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One attack on the original, and the same on the output; None where it was not tried.

    Attributes:
        kind: which.
        target: the sensitive column, where it is about one.
        before, after: on the original, and on the output.
        why_not: why it was not tried on the output; "" where it was.
    """

    kind: AttackKind
    target: ColumnName | None
    before: Attack | None
    after: Attack | None
    why_not: str = ""


def pairs_of(done: Anonymised) -> tuple[Pair, ...]:
    """Every attack with its counterpart, by question; a question that nobody tried as well."""
    before, after = done.proof.attacked_before, done.proof.attacked_after
    found = []
    for kind in QUESTIONS:
        targets = _targets((*before.attacks, *after.attacks), kind) or [None]
        found += [
            Pair(
                kind=kind,
                target=target,
                before=_of(before, kind, target),
                after=_of(after, kind, target),
                why_not=after.not_tried.get(kind, mark("it was not tried on the output")),
            )
            for target in targets
        ]
    return tuple(found)


def standing_of(pair: Pair, k: int) -> Standing:
    """Whether the attack on the output beat its baseline by more than chance.

    Args:
        k: rows in the smallest group of the output: one row of k is what linkage may find.
    """
    attack = pair.after
    if attack is None:
        return Standing.NOT_ASSESSED
    if attack.low <= attack.baseline:
        return Standing.NO_GAIN
    if attack.kind is AttackKind.LINKAGE and attack.low <= 1 / max(k, 1):
        return Standing.WITHIN
    return Standing.GAIN


def worst_pair(done: Anonymised, kind: AttackKind) -> Pair:
    """The pair of a question whose attack on the output gained most; untried ones come first."""
    of_kind = [pair for pair in pairs_of(done) if pair.kind is kind]
    return max(of_kind, key=lambda pair: 2.0 if pair.after is None else pair.after.risk)


def question_in_words(done: Anonymised, kind: AttackKind) -> str:
    """The worst attack of a question: before, after with its interval, and the baseline."""
    pair = worst_pair(done, kind)
    before = _("not tried") if pair.before is None else share_in_words(pair.before.share)
    if pair.after is None:
        return _("not assessed on the output (before: {before})").format(before=before)
    return _("{before} before, {share} after ({interval}), baseline {baseline}: {standing}").format(
        before=before,
        share=share_in_words(pair.after.share),
        interval=_interval(pair.after),
        baseline=share_in_words(pair.after.baseline),
        standing=_(standing_of(pair, done.proof.after.k)),
    )


def to_questions(done: Anonymised) -> Plain | None:
    """One row per question, by the worst attack on it."""
    headings = [
        heading(_("Question"), 3.4),
        heading(_("Before"), 2.1),
        heading(_("After"), 2.1),
        heading(_("Baseline"), 3),
        heading(_("Found"), 2.3),
    ]
    rows: list[list[Cell]] = [_question(worst_pair(done, kind), done) for kind in QUESTIONS]
    return table(headings, rows)


def to_attacks(done: Anonymised) -> Plain:
    """Every attack in full, the chart, and what was not tried."""
    pairs = pairs_of(done)
    headings = [
        heading(_("Attack"), 2.4, Fill.NAME),
        heading(_("On"), 1.2),
        heading(_("Tries"), fill=Fill.NUMBER),
        heading(meant("of tries", "Right"), fill=Fill.NUMBER),
        heading(_("Share, interval"), 2),
        heading(_("Baseline"), 1.4),
        heading(_("Gain"), 1.2),
    ]
    rows = [row for pair in pairs for row in _full(pair)]
    return {
        "table": table(headings, rows[:MOST_ATTACKS_PRINTED]),
        "left": max(0, len(rows) - MOST_ATTACKS_PRINTED),
        "says": [_(pair.after.sentence) for pair in pairs if pair.after][:MOST_ATTACKS_PRINTED],
        "not_tried": _not_tried(pairs),
        "known": _known(pairs),
        "chart": _chart(pairs),
    }


def question_of(kind: AttackKind) -> str:
    """The question in a word or two."""
    return str(texts()["anonymisation"]["questions"][kind]["name"])


def share_in_words(share: float) -> str:
    """A share in percent that is never rounded to none or to all."""
    if 0 < share < _SMALLEST:
        return _("below {share}").format(share=wording.percent(0.001, 1))
    if 1 - _SMALLEST < share < 1:
        return _("above {share}").format(share=wording.percent(0.999, 1))
    return wording.percent(share, 1)


def _of(siege: Siege, kind: AttackKind, target: ColumnName | None) -> Attack | None:
    found = (a for a in siege.attacks if a.kind is kind and a.target == target)
    return next(found, None)


def _targets(attacks: Iterable[Attack], kind: AttackKind) -> list[ColumnName | None]:
    return list(dict.fromkeys(attack.target for attack in attacks if attack.kind is kind))


def _question(pair: Pair, done: Anonymised) -> list[Cell]:
    said = texts()["anonymisation"]["questions"][pair.kind]
    standing = standing_of(pair, done.proof.after.k)
    about = (
        _(" (of “{target}”)").format(target=wording.abridged(pair.target)) if pair.target else ""
    )
    return [
        stacked(said["name"], said["asks"] + about),
        _measured(pair.before),
        _measured(pair.after),
        stacked(share_in_words(pair.after.baseline), _(pair.after.baseline_is))
        if pair.after
        else "–",
        toned(_(standing), TONES[standing]),
    ]


def _measured(attack: Attack | None) -> Cell:
    if attack is None:
        return _("not tried")
    return stacked(share_in_words(attack.share), _interval(attack))


def _interval(attack: Attack) -> str:
    return _("{low} to {high}").format(
        low=wording.number(attack.low * 100, 1), high=wording.percent(attack.high, 1)
    )


def _full(pair: Pair) -> list[list[Cell]]:
    name = question_of(pair.kind)
    first = (
        stacked(name, _("of {target}").format(target=wording.abridged(pair.target)))
        if pair.target
        else name
    )
    tried = ((_("original"), pair.before), (_("output"), pair.after))
    return [
        [
            first,
            where,
            count(attack.attempts),
            count(attack.successes),
            _measured(attack),
            share_in_words(attack.baseline),
            stacked(
                share_in_words(attack.risk),
                _("up to {share}").format(share=share_in_words(attack.risk_high)),
            ),
        ]
        for where, attack in tried
        if attack is not None
    ]


def _not_tried(pairs: Iterable[Pair]) -> list[str]:
    return [
        wording.sentence(
            _("{question} was not assessed: {why}").format(
                question=question_of(pair.kind), why=_(pair.why_not)
            )
        )
        for pair in pairs
        if pair.after is None
    ]


def _known(pairs: Iterable[Pair]) -> str:
    """Which values the attackers knew of the people whom they looked for."""
    names = dict.fromkeys(name for p in pairs if p.after for name in p.after.known)
    if not names:
        return ""
    shown = [wording.abridged(name) for name in list(names)[:_COLUMNS_SHOWN]]
    if len(names) > _COLUMNS_SHOWN:
        shown.append(count(len(names) - _COLUMNS_SHOWN, "more column"))
    return _("The attackers knew, of each person, exactly: {columns}.").format(
        columns=wording.listed(shown)
    )


def _chart(pairs: tuple[Pair, ...]) -> Plain | None:
    alone = Counter(pair.kind for pair in pairs)
    drawn = [
        (
            _("{label}: {when}").format(
                label=_label(pair, is_only=alone[pair.kind] == 1), when=when
            ),
            attack,
        )
        for pair in pairs
        for when, attack in ((_("before"), pair.before), (_("after"), pair.after))
        if attack is not None
    ]
    shown = drawn[: charts.MOST_GROUPS]
    if not shown:
        return None
    bars = [
        charts.Bar(value=a.share * 100, low=a.low * 100, high=a.high * 100, beside=a.baseline * 100)
        for __, a in shown
    ]
    told = [
        _("{label}: {share}, baseline {baseline}").format(
            label=label, share=share_in_words(a.share), baseline=share_in_words(a.baseline)
        )
        for label, a in shown
    ]
    return charts.value_chart(
        [label for label, __ in shown],
        [(_("Right tries, in percent"), bars)],
        alt=_("Right tries of attacks before and after. {told}.").format(told=wording.joined(told)),
        caption=_("What attackers got right, with intervals at 95 % (lines).")
        + charts.only_first(len(drawn), "attacks"),
        legend=(("main", _("right tries")), ("second", _("baseline"))),
    )


def _label(pair: Pair, *, is_only: bool) -> str:
    title = question_of(pair.kind)
    if is_only or pair.target is None:
        return title
    return _("{title}, {target}").format(
        title=title, target=wording.shortened(pair.target, _TARGET_WIDTH)
    )
