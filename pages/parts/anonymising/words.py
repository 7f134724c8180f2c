"""What builders, criteria, losses and measures are called on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.anonymise.nouns import AttackKind, Builder, LossKind, Method, Model, UseKind
from compliance.i18n import locales
from compliance.i18n import translate as _

BUILDER_WORDS = {
    Builder.INTERVALS: "Ranges of numbers, wider at each level",
    Builder.DATES: "Months, quarters, years and so on",
    Builder.PREFIX: "Characters masked from the right",
    Builder.ORDER: "Neighbours in their order put together",
    Builder.PLACES: "Country, region, continent",
    Builder.CATEGORIES: "Words that are alike put together",
    Builder.SUPPRESS: "The value, or nothing",
}
METHOD_WORDS = {
    Method.FULL_DOMAIN: "One level per column, proven best",
    Method.LOCAL: "A level per cell, keeps more detail",
}
METHOD_CAPTIONS = {
    Method.FULL_DOMAIN: "Easy to explain and to repeat: all ages in ranges of ten, say.",
    Method.LOCAL: "Rare people become coarser than common ones; that none is better is not proven.",
}
LOSS_WORDS = {
    LossKind.LOSS: "Detail lost, column by column",
    LossKind.ENTROPY: "Information lost, in bits",
    LossKind.DISCERNIBILITY: "Rows that look alike (large groups cost most)",
    LossKind.CLASS_SIZE: "Rows per group on average",
}
ATTACK_WORDS = {
    AttackKind.LINKAGE: "Linking",
    AttackKind.SINGLING_OUT: "Singling out",
    AttackKind.INFERENCE: "Inference",
    AttackKind.MEMBERSHIP: "Membership",
}
ATTACK_QUESTIONS = {
    AttackKind.LINKAGE: "Which row is this person’s?",
    AttackKind.SINGLING_OUT: "Is there a description that fits one person only?",
    AttackKind.INFERENCE: "What is this person’s sensitive value?",
    AttackKind.MEMBERSHIP: "Was this person in the data at all?",
}
USE_WORDS = {
    UseKind.CLASSIFIER: "Telling classes",
    UseKind.PROFILING: "Customer profiling",
    UseKind.RECOMMENDATION: "Recommendation",
    UseKind.FORECAST: "Sales forecasting",
    UseKind.RESPONSE: "Marketing response",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A criterion of one sensitive column, as it is offered.

    Attributes:
        says: what it asks for.
        bound: what its number is.
        least, most, usual, step: of that number.
        help: what it guards against.
    """

    says: str
    bound: str
    least: float
    most: float
    usual: float
    step: float
    help: str


OFFERS = {
    Model.DISTINCT_L: Offer(
        says="Several different values in every group",
        bound="Different values, at least",
        least=2,
        most=100,
        usual=2,
        step=1,
        help="So that finding somebody’s group does not give the value away (distinct l).",
    ),
    Model.ENTROPY_L: Offer(
        says="Several values about equally often in every group",
        bound="As if so many were equally often, at least",
        least=1,
        most=100,
        usual=1.5,
        step=0.1,
        help="As above, and no value may be nearly certain (entropy l).",
    ),
    Model.RECURSIVE_CL: Offer(
        says="The commonest value does not outweigh the rare ones",
        bound="Counted from the value in this place, at least",
        least=2,
        most=100,
        usual=2,
        step=1,
        help="The commonest stays below c times all from the l-th on (recursive (c, l)).",
    ),
    Model.EQUAL_T: Offer(
        says="Every group is like the whole table",
        bound="Largest distance from the table (0 to 1)",
        least=0,
        most=1,
        usual=0.3,
        step=0.05,
        help="So that a group tells little that the table does not (t, all values alike).",
    ),
    Model.ORDERED_T: Offer(
        says="Every group is like the whole table, near values count less",
        bound="Largest distance from the table (0 to 1)",
        least=0,
        most=1,
        usual=0.2,
        step=0.05,
        help="As above, for values with an order, such as incomes (t, by ranks).",
    ),
    Model.BETA_LIKENESS: Offer(
        says="No value becomes much more likely than in the table",
        bound="Gain at most, in times the share",
        least=0.05,
        most=100,
        usual=1,
        step=0.5,
        help="1 means: at most twice as likely as in the whole table (β-likeness).",
    ),
    Model.DELTA_DISCLOSURE: Offer(
        says="No value becomes much more or less likely than in the table",
        bound="Factor as a power of two, below",
        least=0.05,
        most=20,
        usual=2,
        step=0.5,
        help="2 means: at most four times as likely, at least a quarter (δ-disclosure).",
    ),
}


def one_in(share: float) -> str:
    """A share, 0–1, as people say it."""
    if share <= 0:
        return "0"
    if share <= 0.5:
        return _("1 in {n}").format(n=locales.number(round(1 / share)))
    return _("{n} in 100").format(n=locales.number(100 * share))


def percent(share: float) -> str:
    """A share, 0–1, in percent: exact enough to tell little from nothing."""
    if 0 < share < 0.0005:
        return f"< {locales.share(0.001, 1)}"
    return locales.share(share, 0 if share in (0, 1) else 1)


def joined(names: Sequence[str], last: str) -> str:
    """Names in a row, such as “a, b and c”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
