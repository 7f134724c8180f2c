"""One form for all spellings: what holds of every normalisation, whatever is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rights.nouns import IdentifierKind
from compliance.rights.tracing import Prose, normalising
from compliance.rights.tracing.columns import forms_of, is_same_place
from compliance.rights.tracing.kinds import certain_from, kinds, told_apart, ways

FORMS: dict[str, Callable[[str], str]] = {
    "email": normalising.email,
    "name": normalising.name,
    "key": normalising.key,
    "code": normalising.code,
    "username": normalising.username,
    "joined": normalising.joined,
    "digits": normalising.digits,
}
WORDS = st.text(st.sampled_from("abcdefgßüÄéñıŁø王伟김철'-."), min_size=1, max_size=8)
TYPED = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=4).map(" ".join))
LOCAL = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,12}[A-Za-z0-9]", fullmatch=True)
MAIL = st.builds("{}@{}.example".format, LOCAL, st.from_regex(r"[A-Za-z]{1,9}", fullmatch=True))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(TYPED)
def test_a_form_is_its_own_form(form: Callable[[str], str], typed: str) -> None:
    once = form(typed)

    assert form(once) == once


@given(MAIL)
def test_the_case_of_an_email_address_does_not_count(mail: str) -> None:
    assert normalising.email(mail.upper()) == normalising.email(mail.lower()) != ""
    assert normalising.email(f" <{mail}> ") == normalising.email(mail)


@given(MAIL)
def test_dots_and_tags_of_an_email_address_count(mail: str) -> None:
    local, _, domain = mail.partition("@")

    assert normalising.email(f"{local}.x@{domain}") != normalising.email(mail)
    assert normalising.email(f"{local}+shop@{domain}") != normalising.email(mail)


@given(st.lists(st.sampled_from(["anna", "Weiß", "MARIA", "o'Brien"]), min_size=2, unique=True))
def test_the_order_of_the_words_of_a_name_does_not_count(parts: list[str]) -> None:
    assert normalising.name(" ".join(parts)) == normalising.name(", ".join(reversed(parts)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dr. Anna Weiß", "WEISS, ANNA"),
        ("MR. JON YANG", "Jon Yang"),
        ("Anna M. Weiss", "Anna Weiss"),
        ("José Ñúñez", "nunez jose"),
        ("Klaus Yılmaz", "YILMAZ, Klaus"),
        ("王 伟", "王伟先生"),
        ("김 철수", "김철수"),
        ("O’Brien Pat", "Pat O'Brien"),
    ],
)
def test_names_written_in_two_ways_are_one(one: str, other: str) -> None:
    assert normalising.name(one) == normalising.name(other) != ""


def test_umlauts_are_also_looked_for_as_two_letters() -> None:
    assert normalising.name("Juergen Mueller") in normalising.spellings("Jürgen Müller")


@pytest.mark.parametrize(
    ("one", "other", "regions"),
    [
        ("0171 3920012", "+49 171 3920012", ("DE",)),
        ("0049/171/39200-12", "+491713920012", ("DE",)),
        ("(212) 555-0123", "+1 212 555 0123", ("US",)),
        ("13800001111", "+86 138 0000 1111", ("CN",)),
        ("020 7946 0123", "+44 (0)20 7946 0123", ("GB",)),
    ],
)
def test_a_telephone_number_is_itself_however_it_is_grouped(
    one: str, other: str, regions: tuple[str, ...]
) -> None:
    assert normalising.phones(one, regions) & normalising.phones(other, regions)


@given(st.from_regex(r"\+49 ?171 ?[0-9]{7}", fullmatch=True))
def test_a_number_in_e164_is_its_own_form(typed: str) -> None:
    (form,) = normalising.phones(typed, ("DE", "US"))

    assert normalising.phones(form, ("FR",)) == {form}


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_is_read_in_every_form(day: date) -> None:
    iso = f"{day}"
    year, month, number = iso.split("-")
    written = [
        iso,
        f"{iso} 00:00:00",
        f"{number}.{month}.{year}",
        f"{year}年{int(month)}月{int(number)}日",
        f"{year}{month}{number}",
    ]

    assert {normalising.dates(text) for text in written} == {frozenset({iso})}
    assert iso in normalising.dates(f"{month}/{number}/{year}")
    assert iso in normalising.dates(f"{number}/{month}/{year}")


@pytest.mark.parametrize(
    "typed", ["14 May 1965", "May 14, 1965", "14. Mai 1965", "14 mai 1965", "14 de mayo de 1965"]
)
def test_months_are_read_by_their_names(typed: str) -> None:
    assert normalising.dates(typed) == {"1965-05-14"}


@pytest.mark.parametrize("typed", ["", " ", "31.02.1980", "1.1.80", "yesterday", "*", "9999999999"])
def test_what_is_no_day_is_none(typed: str) -> None:
    assert normalising.dates(typed) == frozenset()


@pytest.mark.parametrize("kind", list(IdentifierKind))
@pytest.mark.parametrize(
    "typed", ["", "  ", "*", "%", "?", "_", "n/a", "-", "@", "%@%", "\x00", "''"]
)
def test_what_is_empty_or_a_wildcard_is_no_identifier(kind: IdentifierKind, typed: str) -> None:
    assert not any(forms_of(kind, typed)) or normalising.is_nothing(typed)


@pytest.mark.parametrize(
    ("street", "address", "is_there"),
    [
        ("Hauptstr. 12\x1f10115\x1fBerlin", "Hauptstraße 12, 10115 Berlin", True),
        ("Hauptstr. 12\x1f10115\x1fBerlin", "Hauptstraße 12", True),
        ("Hauptstr. 12\x1f20095\x1fHamburg", "Hauptstraße 12, 10115 Berlin", False),
        ("Hauptstr. 1\x1f10115\x1fBerlin", "Hauptstraße 12, 10115 Berlin", False),
        ("1 Main St\x1f90210\x1fAnytown", "11 Main Street, Anytown 90210", False),
        ("建国路88号\x1f100022\x1f北京", "北京市朝阳区建国路88号", True),
        ("建国路8号\x1f100022\x1f北京", "北京市朝阳区建国路88号", False),
        ("12\x1f10115\x1fBerlin", "Hauptstraße 12, 10115 Berlin", False),
    ],
)
def test_an_address_is_compared_by_its_words(street: str, address: str, is_there: bool) -> None:
    words, whole = normalising.address_words(address), normalising.joined(address)

    assert is_same_place(street, words, whole) is is_there


@given(st.text(max_size=30), MAIL, st.text(max_size=30))
def test_an_email_address_is_found_wherever_it_stands(before: str, mail: str, after: str) -> None:
    text = f"{before} {mail} {after}"
    places = list(Prose([text]).emails(normalising.email(mail)))

    assert mail in {text[place.start : place.end] for place in places}


@given(
    st.text(max_size=20), st.sampled_from(["Weiß", "Łukasz", "müller", "王伟"]), st.text(max_size=9)
)
def test_a_place_in_a_folded_text_is_one_in_the_stored_text(
    before: str, word: str, after: str
) -> None:
    text = f"{before} {word} {after}"
    found = {text[place.start : place.end] for place in Prose([text]).phrases(word)}

    assert word in found


@pytest.mark.parametrize(
    ("text", "mail", "is_there"),
    [
        ("write to a@x.com.", "a@x.com", True),
        ("a@x.com.au", "a@x.com", False),
        ("ba@x.com", "a@x.com", False),
        ("a@x.com-mail.example", "a@x.com", False),
        ("到A@X.com联系", "a@x.com", True),
        ('{"to":"a@x.com"}', "a@x.com", True),
        ("mailto:a@x.com?subject=hi", "a@x.com", True),
    ],
)
def test_a_longer_address_is_another_one(text: str, mail: str, is_there: bool) -> None:
    assert bool(list(Prose([text]).emails(mail))) is is_there


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("ring 0171/39200 12 today", True),
        ("at 3 pm on 25 0171 3920012 25 times", True),
        ("+49 (171) 392 0012", True),
        ("004917139200 12", True),
        ("0171 39200123", False),
        ("90171 3920012", False),
    ],
)
def test_a_number_stands_in_a_text_in_any_grouping(text: str, is_there: bool) -> None:
    assert bool(list(Prose([text]).phones("0171 3920012", ("DE",)))) is is_there


def test_every_kind_and_way_is_described_once() -> None:
    assert set(kinds()) == set(IdentifierKind)
    assert len({way.kinds for way in ways()}) == len(ways())
    assert all(0 < way.confidence <= 1 for way in ways())
    assert 0.5 < certain_from() < 1 < told_apart()


def test_a_name_alone_is_never_enough() -> None:
    alone = next(way for way in ways() if way.kinds == {IdentifierKind.NAME})

    assert alone.confidence < certain_from()
