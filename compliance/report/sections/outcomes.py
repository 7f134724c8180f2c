"""The summary of an anonymisation: verdict, key figures, the Opinion's questions, next steps."""

from __future__ import annotations

from compliance.anonymise.nouns.attack import AttackKind
from compliance.anonymise.nouns.plan import Method
from compliance.anonymise.nouns.record import Anonymised
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import AnonymisationEvidence
from compliance.report.sections.attacks import (
    QUESTIONS,
    Standing,
    question_of,
    share_in_words,
    standing_of,
    to_questions,
    worst_pair,
)
from compliance.report.sections.checks import ways_back
from compliance.report.sections.recodings import is_proven
from compliance.report.sections.risks import counted, everybody, unit_of
from compliance.report.tables import Plain, tile
from compliance.report.wording import count

_TRAIL_SECTION = 7
_NAMES_SHOWN = 6


def to_outcome(evidence: AnonymisationEvidence) -> Plain:
    """Verdict, key figures, one row per question, and what to do next."""
    return {
        "verdict": verdict_of(evidence),
        "tested": _("Tested {tested}.").format(tested=_tested(evidence.done)),
        "tiles": _tiles(evidence),
        "questions": to_questions(evidence.done),
        "next": _next(evidence),
    }


def verdict_of(evidence: AnonymisationEvidence) -> Plain:
    """How things stand, in one sentence with numbers; never that anything is anonymous."""
    done, proof = evidence.done, evidence.done.proof
    if not evidence.trail.ok:
        return {
            "tone": "bad",
            "says": _("The trail is not whole; see section {section}.").format(
                section=_TRAIL_SECTION
            ),
        }
    if proof.failed:
        says = _("The output did not pass {checks}; see section 5.").format(
            checks=count(len(proof.failed), "check")
        )
        return {"tone": "bad", "says": says}
    if not everybody(proof.after):
        return {"tone": "bad", "says": _("The output is empty.")}
    if proof.after.uniques:
        says = _("{those} of {everybody} stand alone in the output; {before}.").format(
            those=counted(proof.after.uniques, proof.after),
            everybody=count(everybody(proof.after)),
            before=_before(done),
        )
        return {"tone": "bad", "says": says}
    says = _("No {unit} is alone: the smallest group has {rows}; {before}.").format(
        unit=unit_of(proof.after),
        rows=counted(proof.after.k, proof.after),
        before=_before(done),
    )
    return {"tone": _tone(done), "says": says}


def _tested(done: Anonymised) -> str:
    """When, and by which tests with what result."""
    held = len(done.proof.checks) - len(done.proof.failed)
    by_standing: dict[Standing, list[str]] = {}
    for kind, standing in _standings(done).items():
        by_standing.setdefault(standing, []).append(question_of(kind).lower())
    told = wording.joined(
        _("{names}: {found}").format(names=wording.listed(names), found=_(found))
        for found, names in by_standing.items()
    )
    return _(
        "on {when}, on the written output: {held} of {checks} hold; attacks for {told}"
    ).format(
        when=wording.when(done.made_at),
        held=count(held),
        checks=count(len(done.proof.checks), "check"),
        told=told,
    )


def _before(done: Anonymised) -> str:
    before = done.proof.before
    if not before.uniques:
        return _("before, it had {n}").format(n=count(before.k))
    whole = counted(everybody(before), before)
    return _("before, {n} of {whole} stood alone").format(n=count(before.uniques), whole=whole)


def _tone(done: Anonymised) -> str:
    """Good only where no attack gained anything; groups let linkage gain a little."""
    standings = set(_standings(done).values())
    if standings & {Standing.GAIN, Standing.NOT_ASSESSED}:
        return "warn"
    return "calm" if Standing.WITHIN in standings else "good"


def _standings(done: Anonymised) -> dict[AttackKind, Standing]:
    k = done.proof.after.k
    return {kind: standing_of(worst_pair(done, kind), k) for kind in QUESTIONS}


def _tiles(evidence: AnonymisationEvidence) -> list[Plain]:
    done, proof, trail = evidence.done, evidence.done.proof, evidence.trail
    before, after, found = proof.before, proof.after, proof.found
    held = len(proof.checks) - len(proof.failed)
    return [
        tile(
            _("Smallest group (k)"),
            count(after.k),
            _("before: {before}").format(before=count(before.k)),
        ),
        tile(
            _("Alone"),
            count(after.uniques),
            _("before: {before}").format(before=count(before.uniques)),
            tone="bad" if after.uniques else "",
        ),
        tile(
            _("Largest risk"),
            share_in_words(after.prosecutor.max),
            _("before: {before}").format(before=share_in_words(before.prosecutor.max)),
        ),
        _linked_tile(done),
        tile(
            _("Rows left out"),
            count(found.suppressed),
            _("{share} of {rows}").format(
                share=share_in_words(found.losses.suppressed_share),
                rows=count(before.rows),
            ),
        ),
        tile(_("Detail kept"), share_in_words(found.losses.granularity), _optimum(done)),
        tile(
            _("Checks"),
            _("{n} of {all}").format(n=count(held), all=count(len(proof.checks))),
            _("hold; see section 5"),
            tone="bad" if proof.failed else "",
        ),
        tile(
            _("Trail"),
            _("whole") if trail.ok else _("broken"),
            count(trail.entries, "entry", plural="entries"),
            tone="" if trail.ok else "bad",
        ),
    ]


def _linked_tile(done: Anonymised) -> Plain:
    pair = worst_pair(done, AttackKind.LINKAGE)
    if pair.after is None:
        return tile(_("Linked by attack"), _("not assessed"), _("see section 3"), tone="warn")
    before = _("not tried") if pair.before is None else share_in_words(pair.before.share)
    return tile(
        _("Linked by attack"),
        share_in_words(pair.after.share),
        _("before: {before}").format(before=before),
    )


def _optimum(done: Anonymised) -> str:
    if done.plan.method is Method.LOCAL:
        return _("local recoding")
    return _("proven optimum") if is_proven(done) else _("optimum not proven")


def _next(evidence: AnonymisationEvidence) -> list[str]:
    """What to do, the most pressing first."""
    done, steps = evidence.done, []
    if not evidence.trail.ok:
        steps.append(
            _("Find out why the trail is not whole; see section {section}.").format(
                section=_TRAIL_SECTION
            )
        )
    if done.proof.failed or done.proof.after.uniques:
        steps.append(_("Do not hand the output on; anonymise again with a stricter plan."))
    steps += _on_attacks(done)
    if back := ways_back(done):
        named = wording.listed([wording.abridged(name) for name in back[:_NAMES_SHOWN]])
        steps.append(
            _("Treat the output as personal data as long as the key behind {named} exists.").format(
                named=named
            )
        )
    if done.plan.method is Method.FULL_DOMAIN and not is_proven(done):
        steps.append(_("Give the search more time, or accept that a less coarse output may exist."))
    if not evidence.dataset.description.data_subjects.strip():
        steps.append(_("Record on Datasets whose data these are."))
    steps.append(_("Test again before the next output about the same people; see section 5."))
    return steps


def _on_attacks(done: Anonymised) -> list[str]:
    steps = []
    for kind, standing in _standings(done).items():
        name = question_of(kind)
        if standing is Standing.NOT_ASSESSED:
            steps.append(
                _("{name} is not assessed: have it tested before the output leaves.").format(
                    name=name
                )
            )
        elif standing is Standing.GAIN and kind is AttackKind.INFERENCE:
            target = wording.abridged(worst_pair(done, kind).target or _("the column"))
            steps.append(
                _(
                    "{name} beats its baseline: have that risk analysed, or ask for l-diversity or "
                    "t-closeness of {target}."
                ).format(name=name, target=target)
            )
        elif standing is Standing.WITHIN:
            steps.append(
                _("{name} is made rarer, not impossible: weigh that risk.").format(name=name)
            )
        elif standing is Standing.GAIN:
            steps.append(
                _("{name} beats its baseline: have that risk analysed, or ask for more.").format(
                    name=name
                )
            )
    return steps
