"""Questions, budgets and margins in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from unicodedata import normalize

from compliance.countries import COUNTRIES, name_of
from compliance.dataset.nouns import ColumnName
from compliance.errors import PrivacyParameterError
from compliance.i18n import ENGLISH, LANGUAGE, counted, locales, refusals
from compliance.i18n import translate as _
from compliance.privacy import from_conditions
from compliance.privacy.nouns import Budget, Clarity
from compliance.privacy.nouns.question import Mechanism, Query, Statistic

CLARITY_WORDS = {
    Clarity.CLEAR: "✓ clear",
    Clarity.ROUGH: "≈ rough",
    Clarity.DROWNED: "✗ drowned",
}
NOISE_WORDS = {
    Mechanism.GAUSSIAN: "Gaussian noise",
    Mechanism.LAPLACE: "Laplace noise",
    Mechanism.RANDOMISED_RESPONSE: "answers changed by chance (randomised response)",
}

refused = refusals.said
_MARKDOWN = re.compile(r"([\\`*\[\]<$~!])")


def in_words(query: Query, *, short: bool = False) -> str:
    """The question in a few sentences; `short` leaves out the bounds."""
    what = locales.joined(map(title, query.statistics), "words")
    if query.by:
        columns = locales.joined((_group(query, column) for column in query.by), "words")
        what = _("{what} by {columns}").format(what=what, columns=columns)
    if short:
        return what
    first = f"{capital(what)}{locales.end()}"
    return locales.joined([first, _each_person(query), *_conditions(query)], "sentences")


def capital(text: str) -> str:
    """A sentence's first letter as the language writes it; a name that comes first stays so."""
    return text[:1].upper() + text[1:] if LANGUAGE.get() == ENGLISH else text


def bracketed(word: str, more: object) -> str:
    """A word and what is said of it, in brackets as the language writes them."""
    return _("{word} ({more})").format(word=word, more=more)


def about(title: object, words: object) -> str:
    """Words behind what they are about, with the colon that the language writes."""
    return _("{title}: {words}").format(title=title, words=words)


def titled(title: str, words: str) -> str:
    """Words behind what they are about, in bold type."""
    return about(f"**{title}**", words)


def country(code: str) -> str:
    """What a country is called in the language chosen."""
    language = LANGUAGE.get()
    return name_of(code) if language == ENGLISH else _places(language).get(code) or name_of(code)


def locale(code: str) -> str:
    """`English (United States)` for `en_US`."""
    return bracketed(*locales.spoken(code))


def countries() -> list[str]:
    """The codes of all countries, in the order of their names in the language chosen."""
    return list(_in_order(LANGUAGE.get()))


def country_and_code(code: str) -> str:
    """`Germany (DE)`: found by what is typed, whichever of the two it is."""
    return bracketed(country(code), code) if code else _("not recorded")


def subject(words: str) -> str:
    """What a duty or a finding is about, with its moment as the language writes it."""
    return locales.timed(_(words))


@cache
def _in_order(language: str) -> tuple[str, ...]:
    """Latin names by their letters, without their marks; Chinese ones mostly by pinyin."""
    if language == ENGLISH:
        return tuple(sorted(COUNTRIES, key=_letters))
    # The first 3,755 signs of GB 2312, the most used ones, stand in the order of their sound.
    return tuple(sorted(COUNTRIES, key=lambda code: country(code).encode("gb18030")))


def _letters(code: str) -> bytes:
    return normalize("NFKD", country(code)).encode("ascii", "ignore")


@cache
def _places(language: str) -> Mapping[str, str]:
    return locales.places(language)


def typed_budget(epsilon: str, delta: str) -> Budget:
    """The (ε, δ) typed as text.

    Raises:
        PrivacyParameterError: one of them is no number, or out of range.
    """
    return Budget(epsilon=typed_number("ε", epsilon), delta=typed_number("δ", delta))


def typed_number(name: str, typed: str) -> Decimal:
    """The number typed as text; `name` is what the refusal calls it.

    Raises:
        PrivacyParameterError: it is none.
    """
    try:
        return Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        reason = _("it is a number such as 0.5 or 1e-6")
        raise PrivacyParameterError(name=name, given=f"“{typed[:20]}”", reason=reason) from None


def plain(number: Decimal) -> str:
    """An exact number without an exponent and without noughts at its end."""
    return locales.formatted(number.normalize(), "f")


def as_typed(number: Decimal) -> str:
    """An exact number as the fields of the desk hold it, which is the same in every language."""
    return f"{number.normalize():f}"


def change(by: float, how: str) -> str:
    """+3.5, −2: how much a number changed, shaped by Python's `how`."""
    return locales.formatted(by, how).replace("-", "−")


def escaped(text: str) -> str:
    """`text` from a file as Markdown that shows it as it is: no picture, link or colour in it."""
    return _MARKDOWN.sub(r"\\\1", text)


def badge(look: tuple[str, str], words: str) -> str:
    """Icon, words and colour, in Markdown.

    Args:
        look: icon and colour.
        words: as they are shown.
    """
    icon, colour = look
    return f":{colour}-badge[:material/{icon}: {words}]"


def title(statistic: Statistic) -> str:
    """What a statistic is called, as Markdown."""
    return escaped(_(statistic.title))


def group(keys: tuple[str, ...]) -> str:
    """A group's keys on one line."""
    return " · ".join(keys) or _("all")


def _group(query: Query, column: ColumnName) -> str:
    how = query.coarse.get(column)
    if how is None:
        return escaped(column)
    if how.per:
        return _("{column} per {per}").format(column=escaped(column), per=_(str(how.per)))
    edges = ", ".join(plain(edge) for edge in how.edges)
    return _("{column} in bars at {edges}").format(column=escaped(column), edges=edges)


def _each_person(query: Query) -> str:
    if not query.by:
        return _("One person is told apart by **{unit}** and counts with at most {rows}.").format(
            unit=escaped(query.unit), rows=_many(query.max_rows_per_group, "row", "rows")
        )
    if query.period:
        return _(
            "One person is told apart by **{unit}** and counts in at most **{most}** {per}s, each "
            "time in at most {groups} with at most {rows} each."
        ).format(
            unit=escaped(query.unit),
            most=query.period.most,
            per=_(str(query.period.per)),
            groups=_many(query.max_groups, "group", "groups"),
            rows=_many(query.max_rows_per_group, "row", "rows"),
        )
    return _(
        "One person is told apart by **{unit}** and counts in at most {groups} with at most "
        "{rows} each."
    ).format(
        unit=escaped(query.unit),
        groups=_many(query.max_groups, "group", "groups"),
        rows=_many(query.max_rows_per_group, "row", "rows"),
    )


def _many(number: int, unit: str, units: str) -> str:
    return f"**{locales.count_of(locales.number(number), counted(unit, units, number))}**"


def _conditions(query: Query) -> list[str]:
    said = []
    if query.by:
        said.append(
            _("All groups shown are public knowledge.")
            if query.has_public_keys
            else _("Groups of too few people are withheld.")
        )
    if query.where:
        said.append(_("Only rows where {w}.").format(w=escaped(from_conditions(query.where))))
    if query.join:
        others = locales.joined((join.dataset for join in query.join), "words")
        said.append(_("What the columns of {others} say is looked up.").format(others=others))
    if query.mechanism is not Mechanism.GAUSSIAN:
        said.append(_("With {noise}.").format(noise=_(NOISE_WORDS[query.mechanism])))
    return said
