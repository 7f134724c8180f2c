"""What one column means: its header and its values weighed against each other.

Confidence is 0.75 + share/4 where header and values agree, 0.9 × share where only the values
speak, 0.7 where only the header does, 0.65 where the header needed the rest of the table, 0.6
times its own confidence where the small model speaks, and 0.5 where nothing says anything.
`share` is the share of sampled values that pass the check.
"""

from __future__ import annotations

from dataclasses import dataclass

from compliance.dataset.nouns import ColumnType
from compliance.discovery import evidence
from compliance.discovery.checks import CHECKS, share_alone, share_of
from compliance.discovery.context import Facts, Reading
from compliance.discovery.forms import parts_of
from compliance.discovery.header import Match, Option, is_absent, matches
from compliance.discovery.model import Guess
from compliance.discovery.nouns import IdentifierClass
from compliance.discovery.profiles import Profile
from compliance.discovery.shapes import fits
from compliance.discovery.types import Alone, TypeRow, type_rows
from compliance.i18n import mark

_HALF = 0.5
_LONG_TEXT_WORDS = 8
_MODELLED = 0.6
_ROWS_OF_A_NAME = 5
_CODES_OF_PEOPLE = 40
_YEARS_OF_BIRTHS, _MIDDLE_OF_BIRTHS = 25, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What the header says: the option that values and table allow, and the phrase they refused."""

    match: Match | None = None
    option: Option | None = None
    refused: Match | None = None

    @property
    def row(self) -> TypeRow | None:
        return type_rows()[self.option.type] if self.option else None


def read(column: Profile, facts: Facts | None) -> Reading:
    """What `column` means in a table that shows `facts`; its class may still depend on them.

    Without facts, a header that would need them is left undecided, and shows nothing.
    """
    if facts is None and _waits(column):
        return _plain("text", (mark("The header needs the rest of the table."),))
    if not column.distinct:
        return _plain("empty", (mark("The column holds no values."),))
    heard = _heard(column, facts)
    shown = _shown(column, decisive_only=heard.row is not None)
    if shown and (heard.row is None or heard.row.validator != shown.validator):
        return _from_values(column, shown, heard)
    partly = _partly(column)
    if partly and (heard.row is None or heard.row.identifier_class is IdentifierClass.NONE):
        return _from_few_values(column, partly)
    if heard.option and heard.match:
        return _from_header(column, heard.match, heard.option)
    return _from_neither(column, heard.refused, facts or frozenset())


def _waits(column: Profile) -> bool:
    """Whether the first thing that the header may mean depends on the rest of the table."""
    for match in matches(column.name):
        for option in match.options:
            if option.with_ or option.without:
                return True
            if _holds(option, column, frozenset()):
                return False
    return False


def _heard(column: Profile, facts: Facts | None) -> _Heard:
    refused = None
    for match in matches(column.name):
        for option in match.options:
            if _holds(option, column, facts or frozenset()):
                return _Heard(match=match, option=option, refused=refused)
        refused = refused or match
    return _Heard(refused=refused)


def _holds(option: Option, column: Profile, facts: Facts) -> bool:
    if (option.with_ and not option.with_ & facts) or option.without & facts:
        return False
    if not fits(option.shape, column):
        return False
    return not option.validator or share_of(option.validator, column) >= _HALF


def _shown(column: Profile, *, decisive_only: bool) -> TypeRow | None:
    """The type that the values show best by themselves."""
    wanted = (Alone.DECISIVE,) if decisive_only else (Alone.DECISIVE, Alone.YES)
    shares = {
        row.id: share_alone(row.validator, column)
        for row in type_rows().values()
        if row.alone in wanted
    }
    best = max(shares, key=lambda id_: (_is_decisive(id_) and shares[id_] > 0, shares[id_]))
    return type_rows()[best] if shares[best] else None


def _is_decisive(type_id: str) -> bool:
    return type_rows()[type_id].alone is Alone.DECISIVE


def _partly(column: Profile) -> TypeRow | None:
    """The kind that points to people most directly among those of a mixed column."""
    if not column.is_text or column.mean_words > _LONG_TEXT_WORDS:
        return None
    found = [part.semantic_type for part in parts_of(column) if part.semantic_type in CHECKS]
    direct = [t for t in found if type_rows()[t].identifier_class is IdentifierClass.DIRECT]
    return type_rows()[direct[0]] if direct else None


def _from_values(column: Profile, row: TypeRow, heard: _Heard) -> Reading:
    share = share_of(row.validator, column)
    said = evidence.share(column, row.validator, share)
    if heard.row and heard.match and heard.row.identifier_class is not row.identifier_class:
        first = [evidence.overruled(heard.match.phrase, said)]
    elif heard.match:
        first = [evidence.header(heard.match.phrase), said]
    else:
        first = [*evidence.refused(heard.refused, column), said]
    return _reading(row, column, 0.9 * share, first, share=share)


def _from_few_values(column: Profile, row: TypeRow) -> Reading:
    part = next(part for part in parts_of(column) if part.semantic_type == row.id)
    share = part.share.share
    said = evidence.share(column, row.validator, share)
    return _reading(row, column, 0.5, [said, mark("The others are something else.")], share=share)


def _from_header(column: Profile, match: Match, option: Option) -> Reading:
    row = type_rows()[_variant(type_rows()[option.type], column)]
    check = option.validator or type_rows()[option.type].validator
    share = share_of(check, column) if check else 0.0
    sentences = [evidence.header(match.phrase)]
    if option.because:
        sentences.append(option.because)
    if share >= _HALF:
        sentences.append(evidence.share(column, check, share))
        confidence = 0.75 + share / 4
    else:
        sentences.append(evidence.description(column))
        confidence = 0.65 if option.with_ or option.because else 0.7
    given = option.identifier_class
    return _reading(row, column, confidence, sentences, given, share=share if check else None)


def _variant(row: TypeRow, column: Profile) -> str:
    """The form of the type for yes and no, for numbers, days or short codes, where it has one."""
    if row.as_flag and fits("flag", column):
        return row.as_flag
    if row.as_number and column.is_number:
        return row.as_number
    if row.as_moment and column.type is ColumnType.TIMESTAMP:
        return row.as_moment
    if row.as_day and column.type is ColumnType.DATE:
        return row.as_day
    is_code = column.is_text and column.mean_length <= 3 and "".join(column.sample).isascii()
    return row.as_code if row.as_code and is_code else row.id


def _from_neither(column: Profile, refused: Match | None, facts: Facts) -> Reading:
    sentences = evidence.refused(refused, column)
    if not _is_repeated(column) and column.guess and _may_speak(column.guess, facts):
        return _from_model(column, column.guess, sentences)
    if is_absent(column.name) and (found := _of_people(column, facts)):
        type_id, because = found
        return _reading(type_rows()[type_id], column, 0.4, [because, evidence.description(column)])
    if not sentences:
        sentences.append(mark("The header says nothing that is known."))
    row = type_rows()[_by_look(column, facts)]
    return _reading(row, column, 0.5, [*sentences, evidence.description(column)])


def _is_repeated(column: Profile) -> bool:
    """Few values that stand on many rows each are kinds of something, not names."""
    return column.distinct <= _CODES_OF_PEOPLE and column.rows > _ROWS_OF_A_NAME * column.distinct


def _may_speak(found: Guess, facts: Facts) -> bool:
    """Places and jobs, and what might be names, are believed where there are people."""
    is_quasi = type_rows()[found.type].identifier_class is IdentifierClass.QUASI
    return not (is_quasi or found.needs_people) or bool(facts & {"people", "key"})


def _from_model(column: Profile, found: Guess, sentences: list[str]) -> Reading:
    row = type_rows()[found.type]
    said = [*sentences, evidence.guess(column, found), evidence.description(column)]
    share = found.agreeing / len(column.sample)
    return _reading(row, column, _MODELLED * found.confidence, said, share=share)


def _of_people(column: Profile, facts: Facts) -> tuple[str, str] | None:
    """What a column without header may say of people whom the table names."""
    if "key" not in facts:
        return None
    spread = column.high - column.low
    if column.is_date and spread >= _YEARS_OF_BIRTHS and column.middle < _MIDDLE_OF_BIRTHS:
        return "birth_date", mark("The table names people, and the dates are spread as births are.")
    is_adult = column.low >= 14 and 60 <= column.high <= 110
    if column.type is ColumnType.INTEGER and is_adult and column.distinct >= 25:
        return "age", mark("The table names people, and the numbers lie as ages do.")
    if column.distinct <= _CODES_OF_PEOPLE and not column.is_date and not column.is_unique:
        return (
            "attribute_code",
            mark("The table names people, so a code without header may describe them."),
        )
    return None


def _by_look(column: Profile, facts: Facts) -> str:
    if fits("flag", column):
        return "boolean"
    if column.is_date:
        return "date" if column.type is ColumnType.DATE else "timestamp"
    if column.is_number:
        return _kind_of_number(column)
    if column.mean_words >= _LONG_TEXT_WORDS:
        return "free_text" if facts & {"people", "key"} else "description"
    if column.distinct <= _CODES_OF_PEOPLE:
        return "category"
    return "code" if fits("id_code", column) else "text"


def _kind_of_number(column: Profile) -> str:
    if fits("sequence", column):
        return "row_number"
    is_share = column.type is ColumnType.NUMBER and 0 <= column.low <= column.high <= 1
    return "ratio" if is_share else "number"


def _plain(type_id: str, sentences: tuple[str, ...]) -> Reading:
    row = type_rows()[type_id]
    return Reading(
        row=row, identifier_class=row.identifier_class, confidence=0.5, evidence=sentences
    )


def _reading(
    row: TypeRow,
    column: Profile,
    confidence: float,
    sentences: list[str],
    identifier_class: IdentifierClass | None = None,
    *,
    share: float | None = None,
) -> Reading:
    is_key = "key" in row.shows and column.rows > column.distinct
    return Reading(
        row=row,
        identifier_class=identifier_class or row.identifier_class,
        confidence=confidence,
        evidence=(*sentences, *([evidence.repetition(column)] if is_key else [])),
        passed=None if share is None else round(share * len(column.sample)),
        is_own_class=identifier_class is None,
    )
