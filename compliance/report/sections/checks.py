"""What was done to other columns, what the output was held against, and what is not protected."""

from __future__ import annotations

from compliance.anonymise.nouns.record import Anonymised, Check
from compliance.anonymise.nouns.treatment import TreatmentKind
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import AnonymisationEvidence
from compliance.report.tables import Cell, Plain, heading, table, toned
from compliance.report.texts import texts
from compliance.report.wording import count

_WAYS_BACK = (TreatmentKind.PSEUDONYM, TreatmentKind.VAULT, TreatmentKind.FORMAT_PRESERVING)
_NAMES_SHOWN = 40
_CHECKS = {
    "kept_columns": mark("Columns that stay"),
    "people": mark("Different people"),
    "k_anonymity": mark("k-anonymity"),
    "k_map": mark("k-map"),
    "delta_presence": mark("δ-presence"),
    "distinct_l": mark("Distinct l-diversity"),
    "entropy_l": mark("Entropy l-diversity"),
    "recursive_cl": mark("Recursive (c, l)-diversity"),
    "equal_t": mark("t-closeness, equal distance"),
    "hierarchical_t": mark("t-closeness, hierarchical distance"),
    "ordered_t": mark("t-closeness, ordered distance"),
    "beta_likeness": mark("β-likeness"),
    "enhanced_beta_likeness": mark("Enhanced β-likeness"),
    "delta_disclosure": mark("δ-disclosure privacy"),
    "mean_risk": mark("Mean risk"),
    "population_uniques": mark("Uniqueness in the population"),
    "suppression": mark("Rows left out"),
    "no_direct_identifier": mark("Direct identifiers"),
    "linkage": mark("Linkage attack"),
}


def to_checks(evidence: AnonymisationEvidence) -> Plain:
    """Notes on other columns, one row per check, and the limits."""
    done = evidence.done
    return {
        "notes": [wording.sentence(_(note)) for note in done.proof.notes],
        "unchanged": wording.listed(unchanged(evidence)),
        "table": _table(done),
        "limits": _limits(evidence),
    }


def unchanged(evidence: AnonymisationEvidence) -> list[str]:
    """The columns that were handed on as they were, those that a criterion is about among them."""
    plan = evidence.done.plan
    treated = {each.column for each in plan.treatments if each.kind is not TreatmentKind.KEEP}
    changed = {*plan.columns, *treated}
    names = [name for name in evidence.output.column_names if name not in changed]
    shown = [wording.abridged(name) for name in names[:_NAMES_SHOWN]]
    more = len(names) - _NAMES_SHOWN
    return [*shown, _("{n} more").format(n=count(more))] if more > 0 else shown


def ways_back(done: Anonymised) -> list[str]:
    """The columns whose originals somebody with a key can have again."""
    return [each.column for each in done.plan.treatments if each.kind in _WAYS_BACK]


def _table(done: Anonymised) -> Plain | None:
    headings = [
        heading(_("Check"), 2.4),
        heading(_("Result"), 1.6),
        heading(_("Found and wanted"), 6),
    ]
    return table(headings, [_row(check) for check in done.proof.checks])


def _row(check: Check) -> list[Cell]:
    result = toned(_("holds"), "good") if check.holds else toned(_("does not hold"), "bad")
    return [_(_CHECKS.get(check.name, check.name)), result, _(check.says)]


def _limits(evidence: AnonymisationEvidence) -> Plain | None:
    done = evidence.done
    said: list[list[Cell]] = [
        [each["what"], each["why"]] for each in texts()["anonymisation"]["unprotected"]
    ]
    if not any(criterion.column for criterion in done.plan.criteria):
        why = _(
            "No criterion is about a sensitive column. Where all of a group share one value, "
            "it is told of each of them although nobody is alone."
        )
        said.insert(0, [_("Sensitive values"), why])
    if back := ways_back(done):
        named = wording.listed([wording.abridged(name) for name in back[:_NAMES_SHOWN]])
        why = _(
            "The originals of {named} can be had again, or tried out, with a key that the "
            "desk keeps. As long as it exists, the output is pseudonymised (GDPR Art. 4(5))."
        ).format(named=named)
        said.insert(0, [_("Pseudonyms"), why])
    return table([heading(_("What"), 1.6), heading(_("Why"), 7)], said)
