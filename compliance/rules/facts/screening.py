"""Whether an activity needs an impact assessment, told from what the desk knows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.discovery.nouns import LegalClass
from compliance.register.nouns import Record
from compliance.rules.facts import tables
from compliance.rules.facts.joining import any_true, texts
from compliance.rules.nouns import Holding

_LEAST = 2  # of the nine criteria of WP 248 rev.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity with what belongs to it.

    Attributes:
        record: of the register.
        holdings: the datasets that it uses, as far as they are there.
        systems: the automated decision systems that it uses.
        is_whole: every dataset that it names was found.
    """

    record: Record
    holdings: tuple[Holding, ...]
    systems: tuple[Record, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What the screening came to.

    Attributes:
        criteria: those that hold, by name; what each says stands in `screening.yaml`.
        open: those that nobody can answer yet.
        needs: whether an assessment is needed; None: that hangs on what is open.
    """

    criteria: tuple[str, ...]
    open: tuple[str, ...]
    needs: bool | None


def screen(activity: Activity) -> Screened:
    """The criteria of GDPR Art. 35(3) and of WP 248 rev.01 on an activity.

    An officer's own screening (`dpia_trigger`) settles what the desk cannot tell.
    """
    told = activity.record.values.get("dpia_trigger")
    said = texts(told)
    holds: list[str] = []
    open_: list[str] = []
    counts = {"always": [0, 0], "two_of": [0, 0]}
    for group, count in counts.items():
        for name, row in data()[group].items():
            answer = (
                True if name in said else _TESTS[row["test"]](activity) if "test" in row else None
            )
            if answer is None and told is not None:
                answer = False
            if answer:
                holds.append(name)
                count[0] += 1
            elif answer is None:
                open_.append(name)
                count[1] += 1
    is_needed = (
        counts["always"][0] > 0 or counts["two_of"][0] >= _LEAST or bool(set(said) - set(holds))
    )
    may_be = counts["always"][1] > 0 or sum(counts["two_of"]) >= _LEAST
    needs = True if is_needed else None if may_be and open_ else False
    return Screened(
        criteria=(*holds, *(one for one in said if one not in holds)),
        open=tuple(open_),
        needs=needs,
    )


def people_in(activity: Activity) -> int | None:
    """The people in the largest of an activity's datasets; None where that cannot be said."""
    found = [h.people for h in activity.holdings]
    if not found or not activity.is_whole or any(count is None for count in found):
        return None
    return max(count for count in found if count is not None)


def has_special(activity: Activity) -> bool | None:
    """Whether special categories, or data on offences, are in its datasets."""
    return _in_labels(
        activity, lambda label: label.special_category or label.semantic_type == "criminal_record"
    )


def is_deciding(activity: Activity) -> bool | None:
    """Whether decisions with significant effect are made by machine alone."""
    if not activity.systems:
        return False if "automated_decisions" in activity.record.values else None
    return any_true(
        _both(system.values.get("solely_automated"), system.values.get("significant_effect"))
        for system in activity.systems
    )


def _is_large(activity: Activity) -> bool | None:
    limit = data()["large_scale_people"]
    if any(h.people is not None and h.people >= limit for h in activity.holdings):
        return True
    most = people_in(activity)
    return None if most is None else most >= limit


def _is_special_at_scale(activity: Activity) -> bool | None:
    return _both(has_special(activity), _is_large(activity))


def _profiles(activity: Activity) -> bool | None:
    purpose = activity.record.values.get("purpose_type")
    if purpose in data()["profiling"] or activity.systems:
        return True
    return None if purpose is None else False


def _follows(activity: Activity) -> bool | None:
    return _in_labels(activity, lambda label: label.semantic_type in data()["traces"])


def _is_sensitive(activity: Activity) -> bool | None:
    """WP 248 counts means of payment and places with the special categories, as the PIPL does."""
    return _in_labels(
        activity,
        lambda label: label.special_category or LegalClass.PIPL_SENSITIVE in label.legal_classes,
    )


def _combines(activity: Activity) -> bool | None:
    """Whether data are used together that people gave for different things.

    Told by the bases that they were collected on, or by an officer who says it is another use.
    """
    bases = {h.dataset.description.legal_basis for h in activity.holdings}
    if len(bases - {None}) > 1 or activity.record.values.get("is_secondary_use") is True:
        return True
    return False if activity.is_whole and activity.holdings and None not in bases else None


def _is_vulnerable(activity: Activity) -> bool | None:
    said = [h.dataset.description.data_subjects for h in activity.holdings]
    said += texts(activity.record.values.get("categories_of_subjects"))
    words = {word.strip(".,;()") for text in said for word in text.lower().split()}
    if words & set(data()["vulnerable"]):
        return True
    return False if any(said) else None


def _is_new(activity: Activity) -> bool | None:
    """A model that was learnt is new technology; what else is, an officer says."""
    return True if any(h.runs for h in activity.holdings) else None


def _in_labels(activity: Activity, is_meant: Callable[[Any], bool]) -> bool | None:
    """Whether a personal column of its datasets is meant; None where somebody has to look first."""
    found = any_true(
        None if h.discovery is None else any(map(is_meant, h.discovery.personal))
        for h in activity.holdings
    )
    return found if found or (activity.is_whole and activity.holdings) else None


def _both(one: object, other: object) -> bool | None:
    if one is False or other is False:
        return False
    return True if one is True and other is True else None


_TESTS: Mapping[str, Callable[[Activity], bool | None]] = {
    "decides": is_deciding,
    "special_at_scale": _is_special_at_scale,
    "profiles": _profiles,
    "follows": _follows,
    "sensitive": _is_sensitive,
    "large": _is_large,
    "combines": _combines,
    "vulnerable": _is_vulnerable,
    "new": _is_new,
}


def data() -> Mapping[str, Any]:
    """The criteria of `screening.yaml`."""
    return tables.data("screening")
