"""Letters, the log, who is told, and what the law asks to tell: for every law and outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from compliance.dataset.nouns import (
    Column,
    ColumnName,
    ColumnType,
    Dataset,
    DatasetName,
    Description,
    LegalBasis,
    Sha256,
)
from compliance.errors import LetterError
from compliance.register import kind_of, shown
from compliance.register.nouns import Record, Register
from compliance.rights.fulfilling import (
    Ground,
    Matter,
    answers,
    authority_of,
    elements,
    letter,
    log_of,
    not_told,
    portable,
    questions,
    to_tell,
    told_on,
)
from compliance.rights.fulfilling.answers import asked_under, rights_under
from compliance.rights.nouns import (
    Decision,
    Event,
    Extension,
    LetterKind,
    Outcome,
    Request,
    Right,
    Sender,
    Step,
)
from compliance.rights.requests import provisions

AT = datetime(2026, 11, 26, tzinfo=UTC)
TODAY = AT.date()
SENDER = Sender(name="Laden", contact="dpo@laden.example", country="DE")
ALL = [(law, right) for law, rights in provisions().items() for right in rights]


def request_of(law: str = "EU_GDPR", right: Right = Right.ACCESS, **more: object) -> Request:
    plain = Request(
        id="R00007",
        law=law,
        right=right,
        received_on=date(2026, 11, 1),
        channel="form",
        country="DE",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def decision(outcome: Outcome, ground: str = "", reason: str = "") -> Decision:
    return Decision(outcome=outcome, ground=ground, reason=reason, by="o", at=AT)


def matter_of(**more: object) -> Matter:
    plain = Matter(law="GDPR", title="Access", article="Art. 15", sender=SENDER, due=TODAY)
    return replace(plain, **more)  # type: ignore[arg-type]


def said(request: Request, kind: LetterKind = LetterKind.ANSWER, **more: object) -> str:
    found = letter(kind, request, matter_of(**more), TODAY)
    return " ".join(text for _, texts in found.paragraphs for text in texts)


@pytest.mark.parametrize(("law", "right"), ALL, ids=lambda one: str(one))
@pytest.mark.parametrize("outcome", Outcome)
def test_every_right_of_every_law_has_an_answer_for_every_outcome(
    law: str, right: Right, outcome: Outcome
) -> None:
    request = request_of(law, right, decision=decision(outcome), step=Step.CARRIED_OUT)

    text = said(request, ground="It is excessive", ground_article="Art. 0", has_appeal=law == "US")

    assert "R00007" in text
    assert "{" not in text
    assert "1 November 2026" in text
    assert ("It is excessive (Art. 0)" in text) == (outcome is not Outcome.FULFILLED)


@pytest.mark.parametrize("law", sorted(provisions()))
def test_every_law_has_rights_elements_and_an_authority(law: str) -> None:
    assert rights_under(law)
    assert authority_of(law, "DE")
    assert set(asked_under(law)) <= set(answers()["elements"])


def test_every_country_of_the_gdpr_has_an_authority() -> None:
    countries = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"

    assert [
        c for c in [*countries.split(), "IS", "LI", "NO"] if not authority_of("EU_GDPR", c)
    ] == []
    assert authority_of("EU_GDPR", "US") == ""


def test_a_letter_without_an_authority_says_to_the_officer_what_is_missing() -> None:
    request = request_of(decision=decision(Outcome.REFUSED), step=Step.DECIDED)
    nobody = Sender(name="", contact="", country="")

    found = letter(LetterKind.ANSWER, request, matter_of(sender=nobody), TODAY)

    assert len(found.missing) == 3


@pytest.mark.parametrize(
    ("recipients", "told", "expected"),
    [
        (0, 0, "Nobody else has the data."),
        (3, 1, "We told 1 of 3"),
        (3, 3, "Everybody who has the data too was told."),
    ],
)
def test_an_answer_says_who_else_was_told(recipients: int, told: int, expected: str) -> None:
    request = request_of(
        right=Right.RESTRICTION, decision=decision(Outcome.FULFILLED), step=Step.CARRIED_OUT
    )

    assert expected in said(request, recipients=recipients, told=told)


def test_an_answer_names_what_is_kept_and_why() -> None:
    request = request_of(
        right=Right.ERASURE, decision=decision(Outcome.FULFILLED), step=Step.CARRIED_OUT
    )

    assert "orders (bookkeeping)" in said(request, kept={"orders": "bookkeeping"})


def test_where_nothing_was_found_the_answer_says_so() -> None:
    request = request_of(decision=decision(Outcome.FULFILLED), step=Step.CARRIED_OUT)

    assert "We found no data about you." in said(request, rows=0)
    assert "With this letter comes a package." in said(request, rows=1)


def test_a_notice_of_extension_gives_the_reason_and_the_day() -> None:
    request = request_of(extension=Extension(reason="there are many tables.", told_at=TODAY))

    text = said(request, LetterKind.EXTENSION)

    assert "because there are many tables." in text
    assert "26 November 2026 at the latest" in text


@pytest.mark.parametrize(
    ("kind", "request_", "says"),
    [
        (LetterKind.ANSWER, request_of(), "nothing is decided yet"),
        (
            LetterKind.ANSWER,
            request_of(decision=decision(Outcome.FULFILLED), step=Step.DECIDED),
            "not carried out yet",
        ),
        (LetterKind.EXTENSION, request_of(), "was not extended"),
        (LetterKind.IDENTITY, request_of(step=Step.DECIDED), "clear already who asks"),
    ],
)
def test_a_letter_about_what_has_not_happened_is_refused(
    kind: LetterKind, request_: Request, says: str
) -> None:
    with pytest.raises(LetterError, match=says):
        letter(kind, request_, matter_of(), TODAY)


def test_the_log_counts_by_law_and_right_and_leaves_older_ones_out() -> None:
    requests = [
        request_of(id="R1", decision=decision(Outcome.FULFILLED), answered_on=date(2026, 11, 11)),
        request_of(id="R2", decision=decision(Outcome.REFUSED), answered_on=date(2026, 11, 21)),
        request_of(id="R3"),
        request_of(
            id="R4",
            step=Step.CLOSED,
            history=(Event(at=AT, by="o", what="back", step=Step.WITHDRAWN),),
        ),
        request_of(id="R5", received_on=date(2020, 1, 1)),
    ]

    log = log_of(requests, date(2024, 11, 26), TODAY, {"R2": "Excessive (Art. 12(5))"})
    figures = log.figures[0]

    assert [e.request for e in log.entries] == ["R1", "R2", "R3", "R4"]
    assert [e.days for e in log.entries] == [10, 20, None, None]
    assert log.entries[1].ground == "Excessive (Art. 12(5))"
    assert (figures.received, figures.fulfilled, figures.refused) == (4, 1, 1)
    assert (figures.withdrawn, figures.open, figures.median_days) == (1, 1, 15.0)
    assert log.older == 1


def record(kind: str, id_: str, name: str = "", **values: object) -> Record:
    return Record(kind=kind, id=id_, name=name or id_, values=values)


REGISTER = Register(
    records=(
        record("processor", "host", datasets=("a", "b"), subprocessors=("below",)),
        record("processor", "below", datasets=("a",)),
        record("processor", "other", datasets=("z",)),
        record("recipient", "web", datasets=("a",), category="public"),
        record("recipient", "broker", datasets=("b",), category="controller"),
        record("sharing", "s1", datasets=("a",), recipient="broker"),
        record("sharing", "s2", name="A sale", datasets=("a",)),
    )
)


def test_who_has_the_data_is_told_once_and_sub_processors_by_their_processor() -> None:
    marks = {"processor:host": told_on(TODAY), "sharing:s2": not_told("it was dissolved")}

    rows = to_tell(REGISTER, ["a", "b"], marks)

    assert {row.id: row.datasets for row in rows} == {
        "processor:host": ("a", "b"),
        "recipient:broker": ("a", "b"),
        "sharing:s2": ("a",),
    }
    assert [row.is_settled for row in rows] == [True, False, True]
    assert (rows[0].told_on, rows[2].why_not) == (TODAY, "it was dissolved")


def test_every_question_of_a_review_has_choices() -> None:
    assert all(len(question.choices) >= 2 for question in questions())
    assert {"reviewer_may_change", "outcome"} <= {question.id for question in questions()}


def dataset(name: str, **said_: object) -> Dataset:
    return Dataset(
        id=f"{name}@1",
        name=DatasetName(name),
        version=1,
        sha256=Sha256("0"),
        rows=1,
        columns=(Column(name=ColumnName("c"), type=ColumnType.TEXT),),
        cleaning=(),
        sources=(),
        description=Description(**said_),  # type: ignore[arg-type]
        added_at=AT,
    )


def ground_of(
    register: Register, *datasets: Dataset, law: str = "EU_GDPR", rows: int = 1
) -> Ground:
    def words(one: Record, field: str) -> str:
        found = kind_of(one.kind).field(field)
        value = one.values.get(field)
        return "" if found is None or value in (None, ()) else shown(found, value, register)

    return Ground(
        register=register,
        words=words,
        datasets=datasets,
        categories=("city",),
        rows=rows,
        law=law,
        country="DE",
        third=lambda code: code not in ("DE", "FR"),
    )


FULL: Mapping[str, object] = {
    "purposes": ("Deliver",),
    "lawful_basis": "contract",
    "source": "Shop",
    "datasets": ("a",),
    "recipients": None,
    "processors": None,
    "automated_decisions": None,
    "retention_rules": ("keep",),
}


def test_with_all_facts_on_record_nothing_is_missing() -> None:
    register = Register(
        records=(
            record("activity", "deliver", **FULL),
            record("retention_rule", "keep", datasets=("a",), period_months=24),
        )
    )

    found = {e.id: e for e in elements(ground_of(register, dataset("a")))}

    assert [e.id for e in found.values() if not e.is_complete] == []
    assert found["purposes"].says == ("deliver: Deliver; basis: contract (b)",)
    assert found["retention_period_or_criteria"].says == ("a: 24 months",)
    assert found["automated_decisions"].says == ("No decision is made by a machine alone.",)
    assert found["transfer_safeguards"].says == ("No data leave for another country.",)


def test_with_nothing_on_record_each_gap_is_named_and_nothing_is_guessed() -> None:
    found = {e.id: e for e in elements(ground_of(Register(), dataset("a")))}

    assert {e.id for e in found.values() if e.missing} == {
        "purposes",
        "recipients_incl_third_countries",
        "retention_period_or_criteria",
        "source_if_indirect",
        "automated_decisions",
    }
    assert found["purposes"].missing == ("What a is used for is not recorded.",)


def test_a_transfer_without_a_ground_is_missing_and_one_that_ended_is_not_told() -> None:
    register = Register(
        records=(
            record("transfer", "t1", "To India", datasets=("a",), destination="IN"),
            record(
                "transfer",
                "t2",
                datasets=("a",),
                destination="US",
                mechanism="scc",
                ended_at="2026-01-01",
            ),
            record("transfer", "t3", datasets=("a",), destination="FR"),
        )
    )

    found = next(e for e in elements(ground_of(register, dataset("a"))) if "transfer" in e.id)

    assert found.says == ()
    assert found.missing == ("What “To India” (India) rests on is not recorded.",)


def test_somebody_of_whom_nothing_is_held_is_told_so() -> None:
    found = elements(ground_of(Register(), rows=0))

    assert [e.id for e in found if e.missing] == []
    assert found[0].says == ("No data about you were found.",)


def test_only_what_was_given_under_consent_or_contract_is_portable() -> None:
    told = ground_of(
        Register(records=(record("activity", "x", datasets=("d",), lawful_basis="consent"),)),
        dataset("a", legal_basis=LegalBasis.CONTRACT),
        dataset("b", legal_basis=LegalBasis.LEGITIMATE_INTERESTS),
        dataset("c"),
        dataset("d"),
        dataset("e", legal_basis=LegalBasis.CONSENT),
    )

    given, left, bases = portable(told, {"e": "a"}, ["consent", "contract"])

    assert (given, bases) == (("a", "d"), ("consent", "contract"))
    assert sorted(left) == ["b", "c", "e"]
    assert "legitimate interests" in left["b"]
    assert "not recorded" in left["c"]
    assert "made from a" in left["e"]
