"""What to do about a duty, said from the triples that fail."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.i18n import mark
from compliance.rules.nouns import Outcome

_RECORDING = ("exists", "nonempty")
_ANSWERS = {"yes": "no", "no": "yes"}
_COMPARING = ("before_field", "after_field", "eq_field")


def mended_by(outcomes: Sequence[Outcome]) -> str:
    """One plain sentence on what would turn these triples."""
    record = dict.fromkeys(one.word for one in outcomes if _is_to_be_recorded(one))
    rest = dict.fromkeys(_said(one) for one in outcomes if not _is_to_be_recorded(one))
    parts = [mark("record: {record}").format(record=_listed(list(record)))] if record else []
    said = "; ".join([*parts, *rest])
    return said[:1].upper() + said[1:] + "."


def _is_to_be_recorded(outcome: Outcome) -> bool:
    is_missing = outcome.known.startswith(("unknown", "not recorded"))
    return outcome.operator in _RECORDING or is_missing


def _said(outcome: Outcome) -> str:
    """Each says where it stands, and where it should."""
    word, wanted, known = outcome.word, outcome.wanted, outcome.known
    if outcome.operator == "before_deadline":
        return _on_a_clock(outcome)
    if outcome.operator == "within_days":
        return mark("renew “{word}”, last {known}: it must be {wanted}").format(
            word=word, known=known, wanted=wanted
        )
    if outcome.operator == "not_past":
        return mark("renew “{word}”, which ended on {known}").format(word=word, known=known)
    if outcome.operator == "contains_all":
        return mark("complete “{word}” ({known})").format(word=word, known=known)
    if outcome.operator in _COMPARING:
        return mark("see to it that “{word}” is {wanted}").format(word=word, wanted=wanted)
    if known in _ANSWERS:
        return mark("turn “{word}” from {known} to {other}").format(
            word=word, known=known, other=_ANSWERS[known]
        )
    if known[:1].isdigit():
        return mark("bring “{word}” from {known} to {wanted}").format(
            word=word, known=known, wanted=wanted
        )
    return mark("see to it that “{word}” is {wanted}; it is {known}").format(
        word=word, wanted=wanted, known=known
    )


def _on_a_clock(outcome: Outcome) -> str:
    if outcome.known.startswith("not done"):
        return mark("do it now and record “{word}” ({known})").format(
            word=outcome.word, known=outcome.known
        )
    if outcome.holds is False:
        return mark("record why “{word}” was late ({known}), and mend what delayed it").format(
            word=outcome.word, known=outcome.known
        )
    return mark("see to “{word}” in time ({known})").format(word=outcome.word, known=outcome.known)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
