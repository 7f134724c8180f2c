"""Pseudonyms, the vault, date shifts and encryption in the same format."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.nouns import TreatmentKind, VaultRows
from compliance.anonymise.treatments import open_vault, pseudonym, shift_of, to_vault
from compliance.anonymise.treatments.formats import cipher_of, in_format
from compliance.errors import MissingGroupError, TreatmentError, VaultError
from tests.treatment_cases import KEYS, OTHER_KEYS, column, treated, treatment

K = TreatmentKind
HAS_FORMATS = importlib.util.find_spec("ffx") is not None
needs_formats = pytest.mark.skipif(not HAS_FORMATS, reason="the group “formats” is not installed")


def codes(values: list[object], keys: Any = KEYS, **settings: float | str) -> list[object]:
    done = treated({"a": values}, treatment("a", K.PSEUDONYM, **settings), keys=keys)
    return column(done, "a")


def test_the_same_number_has_the_same_pseudonym_in_two_tables() -> None:
    customers = treated(
        {"CustomerID": [17850, 13047]}, treatment("CustomerID", K.PSEUDONYM, type="customer_id")
    )
    orders = treated(
        {"buyer": ["13047 ", "x1", "17850"]},
        treatment("buyer", K.PSEUDONYM, type="customer_id"),
    )

    first, second = column(customers, "CustomerID"), column(orders, "buyer")
    assert [second[2], second[0]] == first


def test_decimals_of_whole_numbers_do_not_change_the_pseudonym() -> None:
    assert codes([17850.0, 2.5], type="n")[0] == codes([17850, 3], type="n")[0]


def test_types_and_keys_keep_pseudonyms_apart() -> None:
    value: list[object] = ["17850", "x"]

    assert codes(value, type="customer_id") != codes(value, type="order_id")
    assert codes(value, type="customer_id") != codes(value, keys=OTHER_KEYS, type="customer_id")


@pytest.mark.parametrize(
    ("type_", "one", "other", "same"),
    [
        pytest.param("email", "Anna@Example.com", " anna@example.com", True, id="case of e-mails"),
        pytest.param("customer_id", "ab1", "AB1", False, id="case of ids"),
        pytest.param("phone", "+49 170/123-45", "+4917012345", True, id="separators of phones"),
        pytest.param("customer_id", "1-7", "17", False, id="separators of ids"),
        pytest.param("phone", "-", "--", False, id="nothing but separators"),
        pytest.param("customer_id", "ＡＢ１", "AB1", True, id="wide characters"),
        pytest.param("person_name", "Zoe\u0301", "Zoé", True, id="composed accents"),
    ],
)
def test_spellings_of_one_value_are_one(type_: str, one: str, other: str, same: bool) -> None:
    key = KEYS.pseudonyms

    assert (pseudonym(one, type_, key) == pseudonym(other, type_, key)) is same


def test_type_and_value_cannot_be_taken_for_each_other() -> None:
    assert pseudonym("b", "a", KEYS.pseudonyms) != pseudonym("", "ab", KEYS.pseudonyms)
    assert pseudonym("x\0z", "y", KEYS.pseudonyms) != pseudonym("z", "y\0x", KEYS.pseudonyms)


def test_a_pseudonym_has_its_length_and_prefix_and_leaves_gaps() -> None:
    done = codes(["x", None, "y"], length=12, prefix="C-")

    assert done[1] is None
    assert all(isinstance(c, str) and len(c) == 14 and c.startswith("C-") for c in done[::2])


def test_two_values_that_would_share_a_pseudonym_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "compliance.anonymise.treatments.pseudonyms.pseudonym", lambda *_: "aaaaaaaa"
    )

    with pytest.raises(TreatmentError, match="share a pseudonym of 8 characters"):
        codes(["x", "y"], length=8)


@given(st.dictionaries(st.text(), st.text(min_size=1), max_size=8))
def test_what_is_put_into_the_vault_comes_out(pseudonyms: dict[str, str]) -> None:
    rows = to_vault(pseudonyms, "email", KEYS.vault)
    opened = open_vault(rows, list(pseudonyms.values()), KEYS.vault)

    assert set(opened) == set(pseudonyms.values())
    assert all(pseudonyms[original] == code for code, original in opened.items())


def sealed() -> VaultRows:
    done = treated({"a": ["x@y.de", "z@y.de"]}, treatment("a", K.VAULT, type="email"))
    return done.vault["a"]  # type: ignore[index]


def test_the_vault_holds_what_the_pseudonyms_stand_for() -> None:
    done = treated(
        {"a": ["X@y.de", "z@y.de", None, "x@y.de"]}, treatment("a", K.VAULT, type="email")
    )
    rows = done.vault["a"]  # type: ignore[index]
    shown = column(done, "a")

    opened = open_vault(rows, [str(shown[0]), str(shown[1])], KEYS.vault)

    assert shown[0] == shown[3] == codes(["x@y.de", "u"], type="email")[0]
    assert list(opened.values()) == ["X@y.de", "z@y.de"]
    assert "there already: 1." in done.notes[0].sentence


def test_the_vault_stays_closed_to_a_wrong_key() -> None:
    rows = sealed()

    with pytest.raises(VaultError, match="not the one"):
        open_vault(rows, rows.pseudonyms, OTHER_KEYS.vault)


def test_an_original_moved_to_another_pseudonym_is_noticed() -> None:
    rows = sealed()
    swapped = VaultRows(type=rows.type, pseudonyms=rows.pseudonyms, sealed=rows.sealed[::-1])

    with pytest.raises(VaultError, match="altered"):
        open_vault(swapped, rows.pseudonyms, KEYS.vault)


def test_a_pseudonym_that_the_vault_does_not_know_is_said() -> None:
    with pytest.raises(VaultError, match="1 of 1 pseudonyms are not in it"):
        open_vault(sealed(), ["nobody"], KEYS.vault)


def test_nothing_of_the_vault_shows_an_original() -> None:
    rows = sealed()

    assert b"y.de" not in b"".join(rows.sealed)
    assert str(rows.sealed[0]) not in repr(rows)


DATES = [dt.date(2024, 1, 31), dt.date(2024, 3, 1), dt.date(2023, 12, 24), dt.date(2024, 2, 29)]


def moved(days: int = 30, step: int = 1, **lists: list[object]) -> list[Any]:
    settings: dict[str, float | str] = {"days": days, "step": step}
    return column(treated({**lists}, treatment("on", K.SHIFT_DATES, **settings), unit="who"), "on")


def test_dates_of_one_person_move_together_and_those_of_others_otherwise() -> None:
    who: list[object] = ["a", "a", "b", "a"]
    on = moved(who=who, on=list(DATES))
    by = [(new - old).days for new, old in zip(on, DATES, strict=True)]

    assert by[0] == by[1] == by[3] == shift_of("a", KEYS.dates, 30)
    assert by[2] == shift_of("b", KEYS.dates, 30) != by[0]


def test_a_person_is_shifted_alike_in_every_table_and_form() -> None:
    numbers = moved(who=[17850, 2], on=[DATES[0], DATES[1]])
    texts = moved(who=["x", "17850 "], on=[DATES[1], DATES[0]])

    assert numbers[0] == texts[1]


def test_times_keep_their_hour() -> None:
    at = dt.datetime(2024, 3, 5, 13, 45, 10)
    (new, _) = moved(who=["a", "b"], on=[at, at])

    assert new - at == dt.timedelta(days=shift_of("a", KEYS.dates, 30))


def test_dates_of_nobody_are_blanked_and_counted() -> None:
    done = treated(
        {"who": ["a", None], "on": DATES[:2]}, treatment("on", K.SHIFT_DATES), unit="who"
    )

    assert column(done, "on")[1] is None
    assert "belong to no person, and were blanked: 1." in done.notes[0].sentence


def test_people_are_told_apart_by_their_original_values() -> None:
    shift = treatment("on", K.SHIFT_DATES)
    before = treated({"who": ["a", "b"], "on": DATES[:2]}, shift, unit="who")
    after = treated(
        {"who": ["a", "b"], "on": DATES[:2]}, treatment("who", K.PSEUDONYM), shift, unit="who"
    )

    assert column(before, "on") == column(after, "on")


@given(st.text(), st.integers(1, 400), st.integers(1, 9))
def test_a_shift_is_never_nothing_and_within_its_bound(person: str, most: int, step: int) -> None:
    most = max(most, step)
    shift = shift_of(person, KEYS.dates, most, step)

    assert 0 < abs(shift) <= most
    assert shift % step == 0


def test_shifts_are_spread_evenly() -> None:
    """Chi-squared with 59 degrees of freedom is above 150 once in 10⁹ times."""
    counts = [0] * 61
    for person in range(6000):
        counts[shift_of(str(person), KEYS.dates, 30) + 30] += 1

    expected = 6000 / 60
    chi = sum((n - expected) ** 2 / expected for at, n in enumerate(counts) if at != 30)
    assert chi < 150


def test_without_the_library_encryption_in_the_same_format_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ffx", None)

    with pytest.raises(MissingGroupError, match="formats"):
        treated({"a": ["4111111111111111", "x"]}, treatment("a", K.FORMAT_PRESERVING))


class Turned:
    """Stands for the cipher: turns a number around within its domain."""

    def __init__(self, key: bytes) -> None:
        self._by = int.from_bytes(hashlib.sha256(key).digest(), "big")

    def encrypt_int(self, number: int, *, domain: int, tweak: bytes) -> int:
        return (number + self._by + len(tweak)) % domain

    def decrypt_int(self, number: int, *, domain: int, tweak: bytes) -> int:
        return (number - self._by - len(tweak)) % domain


@given(st.text(alphabet="09aZ-+ .", min_size=1, max_size=30))
def test_the_format_stays_and_the_way_back_is_open(value: str) -> None:
    cipher = Turned(b"k")
    new = in_format(value, cipher.encrypt_int, b"t")

    if new != "***":
        assert [_kind(c) for c in new] == [_kind(c) for c in value.strip()]
        assert in_format(new, cipher.decrypt_int, b"t") == value.strip()


@pytest.mark.parametrize("value", ["12345", "AB12", "京A12345678", "x" * 201, ""])
def test_what_cannot_be_encrypted_safely_is_masked(value: str) -> None:
    assert in_format(value, Turned(b"k").encrypt_int, b"t") == "***"


@needs_formats
def test_the_cipher_is_ff1_as_nist_defines_it() -> None:
    """Samples 1 and 2 of NIST's examples of FF1."""
    from ffx import FF1  # type: ignore[import-not-found, unused-ignore]

    cipher = FF1(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"), radix=10)

    assert cipher.encrypt("0123456789") == "2433477484"
    tweak = bytes.fromhex("39383736353433323130")
    assert cipher.encrypt("0123456789", tweak=tweak) == "6124200773"


@needs_formats
def test_a_card_becomes_another_card_and_comes_back() -> None:
    done = treated(
        {"a": ["4111-1111-1111-1111", None, "12"]},
        treatment("a", K.FORMAT_PRESERVING, type="credit_card"),
    )
    new = column(done, "a")

    assert new[1:] == [None, "***"]
    assert isinstance(new[0], str)
    assert [_kind(c) for c in new[0]] == [_kind(c) for c in "4111-1111-1111-1111"]
    back = in_format(new[0], cipher_of(KEYS.formats).decrypt_int, b"credit_card")
    assert back == "4111-1111-1111-1111"


def _kind(char: str) -> str:
    if char.isdigit():
        return "digit"
    return ("capital" if char.isupper() else "small") if char.isalpha() else char
