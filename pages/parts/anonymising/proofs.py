"""What was made: before and after, checks, attacks and uses, as they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import streamlit as st

from compliance.anonymise import from_plan
from compliance.anonymise.nouns import (
    Attack,
    AttackKind,
    Measures,
    Method,
    SensitiveMeasures,
    Siege,
)
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.plain import to_yaml
from compliance.workspace import Workspace
from pages.parts import figures, outputs, wording
from pages.parts.anonymising import handing, words
from pages.parts.anonymising.protection import has_several_rows
from pages.parts.figures import anonymising as charts
from pages.parts.figures import showing

_Row = tuple[str, str, str, str]


def chosen(past: Sequence[Anonymised]) -> Anonymised:
    """The one to be shown: the newest, or another that is picked; at least one."""
    titles = {done.id: title(done) for done in past}
    picked = st.selectbox(
        _("Anonymised so far"),
        list(titles),
        format_func=titles.__getitem__,
        key=f"anonymise_done_{len(past)}",  # a new one begins the choice anew, so that it is shown
    )
    return next((done for done in past if done.id == picked), past[0])


def title(done: Anonymised) -> str:
    """One line about what was made."""
    return _("{at} · {made} · k = {k} · {method}").format(
        at=outputs.moment(done.made_at),
        made=done.made,
        k=done.proof.after.k,
        method=_(words.METHOD_WORDS[done.plan.method]).lower(),
    )


def shown(
    workspace: Workspace, dataset: Dataset, done: Anonymised, past: Sequence[Anonymised]
) -> None:
    """One output from every side."""
    _head(done, _("rows") if has_several_rows(dataset) else _("people"))
    handing.handed_out(workspace, done)
    outputs.tabbed(
        "anonymise_tabs",
        {
            _("Before and after"): partial(before_and_after, done, past),
            _("Checks"): partial(checks, done),
            _("Attacks"): partial(attacks, done),
            _("Still good for"): partial(uses, done),
            _("Notes"): partial(notes, done),
        },
    )


def before_and_after(done: Anonymised, past: Sequence[Anonymised]) -> None:
    """The same measures of the original and of the output, side by side, and of both methods."""
    rows = [*_common(done), *_secret(done)]
    outputs.table(
        [
            {
                _("Measure"): name,
                _("Before"): before,
                _("After"): after,
                _("Good is"): good,
            }
            for name, before, after, good in rows
        ],
        key=f"anonymise_measures_{done.id}",
        alt=_("Each measure before and after; the smallest group grew from {a} to {b}").format(
            a=done.proof.before.k, b=done.proof.after.k
        ),
    )
    if done.levels:
        st.markdown(
            _("Levels: {levels}. Level 0 leaves a column as it is.").format(
                levels=wording.escaped(
                    ", ".join(f"{name} {level}" for name, level in done.levels.items())
                )
            )
        )
    _compared(done, past)


def checks(done: Anonymised) -> None:
    """What the written output was held against."""
    outputs.remark(_("Looked at in the output as it was read back from its file, not in the plan."))
    for check in done.proof.checks:
        look, word = (
            (("check_circle", "green"), _("holds"))
            if check.holds
            else (("error", "red"), _("does not hold"))
        )
        st.markdown(f"{wording.badge(look, word)} {wording.escaped(_(check.says))}")


def attacks(done: Anonymised) -> None:
    """What attackers got out of the original and of the output."""
    before, after = done.proof.attacked_before, done.proof.attacked_after
    tried = _tried(before, after)
    if tried:
        showing.chart(
            charts.attacks(
                [name for name, _one, _other in tried],
                [one for _name, one, _other in tried],
                [other for _name, _one, other in tried],
                (_("Original"), _("Output"), _("Without the row, or by guessing")),
                _("Tries that were right, %"),
            ),
            key=f"anonymise_attacks_{done.id}",
            alt=_attacks_alt(tried),
        )
        _attack_table(done, tried)
    for kind in AttackKind:
        _of_kind(kind, before, after)


def _of_kind(kind: AttackKind, before: Siege, after: Siege) -> None:
    sides = ((_("Original"), before), (_("Output"), after))
    st.markdown(f"**{_(words.ATTACK_WORDS[kind])}** · {_(words.ATTACK_QUESTIONS[kind])}")
    for word, siege in sides:
        said = [attack.sentence for attack in siege.attacks if attack.kind is kind]
        if not said:
            reason = _(siege.not_tried.get(kind, mark("nobody tried")))
            said = [_("not assessed: {reason}").format(reason=reason)]
        told = (wording.about(word, wording.escaped(_(o))) for o in said)
        st.markdown("\n".join(f"- {one}" for one in told))


def uses(done: Anonymised) -> None:
    """What can still be done with the output, in sentences and as numbers."""
    if not any(use.is_applicable for use in done.proof.utility):
        st.markdown(_("None of the uses that are tried fits this table."))
    for use in done.proof.utility:
        icon = "insights" if use.is_applicable else "remove_circle"
        st.markdown(f":material/{icon}: {wording.escaped(_(use.sentence))}")
    numbers = [use for use in done.proof.utility if use.is_applicable]
    if numbers:
        outputs.table(
            [
                {
                    _("Use"): _(words.USE_WORDS[use.kind]),
                    _("Original"): _number(use.original),
                    _("Output"): _number(use.released),
                    _("Without either"): _number(use.baseline),
                    _("Kept of the gain"): "–" if use.kept is None else words.percent(use.kept),
                    _("Good is"): _("more") if use.higher_is_better else _("less"),
                }
                for use in numbers
            ],
            key=f"anonymise_uses_{done.id}",
            alt=_("Per use: how well it works with the original, the output, and neither"),
        )


def notes(done: Anonymised) -> None:
    """What was done to hierarchies and other columns, and what shows that it was this."""
    if done.proof.notes:
        st.markdown("\n".join(f"- {wording.escaped(_(note))}" for note in done.proof.notes))
    st.code(to_yaml(from_plan(done.plan)), language=None, wrap_lines=True)
    outputs.remark(
        _("SHA-256 of the output {hash}; made by {actor}.").format(
            hash=done.proof.sha256, actor=wording.escaped(done.actor)
        )
    )


def _head(done: Anonymised, who: str) -> None:
    proof, found = done.proof, done.proof.found
    lost = proof.before.rows - proof.rows
    st.markdown(
        _(
            "In the output **{k} {who} or more** look alike; before it was {before}. It keeps "
            "**{kept}** of the detail and leaves out **{lost}** of {rows} rows."
        ).format(
            k=proof.after.k,
            who=who,
            before=proof.before.k,
            kept=words.percent(found.losses.granularity),
            lost=outputs.count(lost),
            rows=outputs.count(proof.before.rows),
        )
    )
    if found.optimal:
        said = _("Proven: of {n} choices of levels, none that is allowed loses less.")
        st.markdown(":material/verified: " + said.format(n=outputs.count(found.nodes)))
    elif done.plan.method is Method.FULL_DOMAIN:
        said = _(
            "Best found in the time given, after {n} of {all} choices; none loses less than {b}."
        )
        st.markdown(
            ":material/hourglass_top: "
            + said.format(
                n=outputs.count(found.nodes_checked),
                all=outputs.count(found.nodes),
                b=locales.formatted(found.bound, ".4g"),
            )
        )


def _common(done: Anonymised) -> Iterator[_Row]:
    one, other = done.proof.before, done.proof.after
    fewer, more, less = _("fewer"), _("more"), _("less")
    yield _("Rows"), outputs.count(one.rows), outputs.count(other.rows), more
    yield _("Smallest group (k)"), outputs.count(one.k), outputs.count(other.k), more
    yield (
        _("Alone with their values"),
        outputs.count(one.uniques),
        outputs.count(other.uniques),
        fewer,
    )
    for name, get in _RISKS:
        yield _(name), words.percent(get(one)), words.percent(get(other)), less
    yield _("Groups"), outputs.count(one.classes), outputs.count(other.classes), _("more detail")
    kept = words.percent(done.proof.found.losses.granularity)
    yield _("Detail kept"), words.percent(1), kept, more
    for model in sorted({*one.population} & {*other.population}):
        shares = words.percent(one.population[model]), words.percent(other.population[model])
        yield _("Alone in the population ({model})").format(model=model), *shares, fewer


_RISKS: tuple[tuple[str, Callable[[Measures], float]], ...] = (
    ("Easiest person to find, if known to be in it", lambda m: m.prosecutor.max),
    ("On average, if known to be in it", lambda m: m.prosecutor.mean),
    ("Easiest person to find, if not known", lambda m: m.journalist.max),
    ("Right links expected, if all are linked", lambda m: m.marketer.mean),
)


def _secret(done: Anonymised) -> Iterator[_Row]:
    """How well each sensitive column is hidden within the groups."""
    after = done.proof.after.sensitive
    for column, one in done.proof.before.sensitive.items():
        other = after.get(column)
        for name, get, good in _HIDDEN:
            shown_ = get(other) if other is not None else _("not in it")
            yield _(name).format(column=column), get(one), shown_, _(good)


_HIDDEN: tuple[tuple[str, Callable[[SensitiveMeasures], str], str], ...] = (
    (
        mark("Different values of {column} in the weakest group"),
        lambda s: f"{s.distinct_l}",
        "more",
    ),
    (
        mark("The same, as if equally often (entropy l)"),
        lambda s: locales.formatted(s.entropy_l, ".2f"),
        "more",
    ),
    (
        mark("{column}: distance of a group from the table (t)"),
        lambda s: locales.formatted(s.equal_t, ".3f"),
        "less",
    ),
)


def _compared(done: Anonymised, past: Sequence[Anonymised]) -> None:
    """Both methods on the same measures, where both were run on the same columns."""
    other = next(
        (
            one
            for one in past
            if one.plan.method is not done.plan.method
            and one.dataset_id == done.dataset_id
            and set(one.plan.columns) == set(done.plan.columns)
            and one.plan.k == done.plan.k
        ),
        None,
    )
    if other is None:
        outputs.remark(_("Make it by the other method too, and both are compared here."))
        return
    st.markdown(f"**{_('Both methods on the same measures')}**")
    sides = sorted((done, other), key=lambda one: one.plan.method)
    outputs.table(
        [
            {
                _("Measure"): name,
                **{_(words.METHOD_WORDS[one.plan.method]): get(one) for one in sides},
                _("Good is"): _(good),
            }
            for name, get, good in _measures()
        ],
        key=f"anonymise_compared_{done.id}",
        alt=_("The two methods on the same measures: rows left out, detail kept, risks"),
    )


def _measures() -> list[tuple[str, Callable[[Anonymised], str], str]]:
    return [
        (_("Smallest group (k)"), lambda d: outputs.count(d.proof.after.k), "more"),
        (
            _("Rows left out"),
            lambda d: outputs.count(d.proof.before.rows - d.proof.rows),
            "fewer",
        ),
        (_("Detail kept"), lambda d: words.percent(d.proof.found.losses.granularity), "more"),
        (
            _("Loss, column by column"),
            lambda d: locales.formatted(d.proof.found.losses.loss, ".4f"),
            "less",
        ),
        (_("Groups"), lambda d: outputs.count(d.proof.after.classes), "more detail"),
        (
            _("Right links expected, if all are linked"),
            lambda d: words.percent(d.proof.after.marketer.mean),
            "less",
        ),
    ]


def _tried(before: Siege, after: Siege) -> list[tuple[str, Attack | None, Attack | None]]:
    """Each attack on either side, by its name."""
    sides = [{_place(attack): attack for attack in siege.attacks} for siege in (before, after)]
    places = dict.fromkeys([*sides[0], *sides[1]])
    return [(_named(*place), sides[0].get(place), sides[1].get(place)) for place in places]


def _place(attack: Attack) -> tuple[AttackKind, ColumnName | None]:
    return attack.kind, attack.target


def _named(kind: AttackKind, target: ColumnName | None) -> str:
    word = _(words.ATTACK_WORDS[kind])
    return f"{word}: {figures.shortened(target)}" if target else word


def _attacks_alt(tried: Sequence[tuple[str, Attack | None, Attack | None]]) -> str:
    said = [
        _("{name}: {before} before, {after} after").format(
            name=name, before=_share(one), after=_share(other)
        )
        for name, one, other in tried
    ]
    return _("Share of tries that were right. ") + locales.joined(said, "clauses")


def _share(attack: Attack | None) -> str:
    return _("not tried") if attack is None else words.percent(attack.share)


def _attack_table(
    done: Anonymised, tried: Sequence[tuple[str, Attack | None, Attack | None]]
) -> None:
    outputs.table(
        [
            {
                _("Attack"): name,
                _("On"): word,
                _("Right"): words.percent(one.share),
                _("95 % interval"): f"{words.percent(one.low)} – {words.percent(one.high)}",
                _("Without the row"): words.percent(one.baseline),
                _("Tries"): outputs.count(one.attempts),
            }
            for name, *both in tried
            for word, one in zip((_("Original"), _("Output")), both, strict=True)
            if one is not None
        ],
        key=f"anonymise_attack_table_{done.id}",
        alt=_("Per attack, on the original and the output: how often it was right, and guessing"),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else words.percent(value)
