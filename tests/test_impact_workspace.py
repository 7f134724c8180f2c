"""Assessments kept by the desk: every version, in the trail, without what was typed."""

from __future__ import annotations

import json
from pathlib import Path

import impact_cases as cases
import pytest

from compliance.errors import ImpactIncompleteError, ImpactInputError, UnknownImpactError
from compliance.impact import method
from compliance.impact.nouns import (
    Decision,
    Gauge,
    Impact,
    ImpactKind,
    Measure,
    Opinion,
    Origin,
    Outcome,
    Status,
    Voice,
)
from compliance.register.nouns import Organisation
from compliance.workspace import Workspace

TYPED = "Only for the officer's eyes 4711"


def begin(desk: Workspace, kind: ImpactKind = ImpactKind.DPIA) -> Impact:
    desk.set_organisation(Organisation(name="Teal Shop", officer="A. Officer", country="DE"))
    return desk.governance.impacts.begin(kind, "analytics", datasets=["orders"])


def finish(desk: Workspace, id_: str) -> Impact:
    """Answer, gauge, ask, decide and validate."""
    area = desk.governance.impacts
    impact = area.one(id_)
    wanted = [q.id for q in method().questions(impact.kind) if not impact.answers[q.id].counts]
    impact = area.answer_all(id_, dict.fromkeys(wanted, TYPED))
    if impact.kind is ImpactKind.LIA:
        area.decide(id_, outcome=Outcome.PASSED, because=TYPED)
        return area.validate(id_)
    area.screen_by_hand(id_, dict.fromkeys(impact.screening, (False, TYPED)))
    for event in impact.events:
        texts = {f"{event.id}.{field}": TYPED for field in ("impacts", "threats", "sources")}
        area.answer_all(id_, texts)
        for after in (False, True):
            area.gauge(id_, event.id, severity=Gauge.LIMITED, likelihood=Gauge.LIMITED, after=after)
    area.plan(id_, Measure(what=TYPED, events=("access",)))
    area.opinion(id_, Opinion(of=Voice.OFFICER, by="A. Officer", text=TYPED))
    area.opinion(id_, Opinion(of=Voice.PEOPLE, reason=TYPED))
    area.decide(id_, decision=Decision.GO, because=TYPED)
    return area.validate(id_)


@pytest.mark.parametrize("settings", ["sqlite", "postgresql"], indirect=True)
def test_every_version_of_an_assessment_is_kept(shop: Workspace) -> None:
    area = shop.governance.impacts
    id_ = begin(shop).id
    area.answer(id_, "necessity", "First.")
    area.answer(id_, "necessity", "Second.")

    texts = [one.answers["necessity"].text for one in area.history(id_)]
    assert [one.version for one in area.history(id_)] == [1, 2, 3]
    assert texts[1:] == ["First.", "Second."]
    assert area.list() == (area.one(id_),)
    assert area.one(id_).actor == shop.settings.actor


def test_answers_are_drawn_from_what_the_desk_found(shop: Workspace) -> None:
    shop.discover("orders")
    impact = begin(shop)

    assert impact.answers["data_kinds"].origin is Origin.DRAWN
    assert "customer" in impact.answers["data_kinds"].text
    assert impact.answers["basis"].facts == ("dataset:orders@1",)
    assert "contract" in impact.answers["basis"].text
    assert impact.datasets == ("orders",)


def test_an_assessment_goes_from_begun_to_outdated_to_validated_again(shop: Workspace) -> None:
    shop.discover("orders")
    area = shop.governance.impacts
    id_ = begin(shop).id
    with pytest.raises(ImpactIncompleteError):
        area.validate(id_)
    before = len(area.history(id_))
    assert finish(shop, id_).status is Status.VALIDATED
    assert area.changed(id_) == ()

    said = shop.dataset("orders").description
    shop.describe("orders", type(said)(**{**_fields(said), "retention_months": 60}))

    assert area.changed(id_) == ("the retention of orders changed",)
    assert any("60 months" in one.after for one in area.differences(id_))
    redrawn, differences = area.redraw(id_)
    assert redrawn.status is Status.DRAFT
    assert differences
    assert area.changed(id_) == ()
    assert finish(shop, id_).status is Status.VALIDATED
    assert len(area.history(id_)) > before


def _fields(said: object) -> dict[str, object]:
    return {name: getattr(said, name) for name in said.__slots__}  # type: ignore[attr-defined]


def test_a_refused_change_leaves_nothing_behind(shop: Workspace) -> None:
    id_ = begin(shop).id
    entries = shop.verify_trail().entries

    with pytest.raises(UnknownImpactError):
        shop.governance.impacts.answer(id_, "gone", "x")
    assert shop.verify_trail().entries == entries
    assert len(shop.governance.impacts.history(id_)) == 1


def test_the_trail_names_questions_and_counts_but_nothing_that_was_typed(shop: Workspace) -> None:
    shop.discover("orders")
    id_ = begin(shop).id
    finish(shop, id_)

    told = json.dumps([entry.facts | {"of": entry.subject} for entry in shop.entries(50)])
    assert "necessity" in told
    assert TYPED not in told
    assert {"impact.begin", "impact.answer", "impact.gauge", "impact.validate"} <= {
        entry.act for entry in shop.entries(50)
    }


def test_reading_writes_nothing(shop: Workspace) -> None:
    area = shop.governance.impacts
    id_ = begin(shop).id
    entries = shop.verify_trail().entries

    area.list()
    area.one(id_)
    area.history(id_)
    area.changed(id_)
    area.differences(id_)
    area.needs()

    assert shop.verify_trail().entries == entries


def test_who_takes_an_assessment_out_is_in_the_trail(shop: Workspace) -> None:
    id_ = begin(shop).id

    shop.governance.impacts.export(id_)

    (entry,) = shop.entries(1)
    assert (entry.act, entry.subject, entry.facts) == ("impact.export", id_, {"version": 1})
    with pytest.raises(UnknownImpactError):
        shop.governance.impacts.export("dpia-gone")


def test_an_exported_assessment_is_read_in_as_the_next_version(shop: Workspace) -> None:
    shop.discover("orders")
    area = shop.governance.impacts
    id_ = begin(shop).id
    area.answer(id_, "necessity", "Said here.")
    document = json.dumps(area.export(id_)).encode()
    area.answer(id_, "necessity", "Said later.")

    read = area.read_in(document)

    assert read.answers["necessity"].text == "Said here."
    assert read.version == 4
    assert [one.version for one in area.history(id_)] == [1, 2, 3, 4]


def test_a_signature_of_elsewhere_does_not_count_here(shop: Workspace, tmp_path: Path) -> None:
    shop.discover("orders")
    area = shop.governance.impacts
    id_ = begin(shop).id
    finish(shop, id_)
    document = area.export(id_)
    elsewhere = json.loads(json.dumps(document).replace(id_, "dpia-elsewhere"))

    read = area.read_in(json.dumps(elsewhere).encode())
    own = area.read_in(json.dumps(document).encode())

    assert read.status is Status.DRAFT
    assert read.validated_at is None
    assert own.status is Status.VALIDATED
    assert own == area.one(id_)


def test_what_cannot_be_read_in_is_refused_and_kept_out(shop: Workspace) -> None:
    with pytest.raises(ImpactInputError):
        shop.governance.impacts.read_in(b"{}")
    assert shop.governance.impacts.list() == ()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("id", "a\0b", "its id is none that a desk gives"),
        ("id", "x" * 81, "its id is none that a desk gives"),
        ("title", "two\nlines", "it is one line"),
        ("title", "x" * 201, "it is one line"),
        ("consulted_at", "2999-01-01", "it is in the future"),
    ],
)
def test_what_cannot_be_so_is_not_read_in(
    shop: Workspace, field: str, value: str, says: str
) -> None:
    area = shop.governance.impacts
    document = json.loads(json.dumps(area.export(begin(shop).id)))
    document["impact"][field] = value

    with pytest.raises(ImpactInputError, match=says):
        area.read_in(json.dumps(document).encode())
    assert len(area.list()) == 1


def test_a_title_is_one_short_line(shop: Workspace) -> None:
    for title in ("two\nlines", "x" * 201):
        with pytest.raises(ImpactInputError, match="it is one line"):
            shop.governance.impacts.begin(ImpactKind.DPIA, datasets=["orders"], title=title)
    assert shop.governance.impacts.list() == ()


def test_an_unknown_assessment_is_refused_with_those_that_are_there(shop: Workspace) -> None:
    with pytest.raises(UnknownImpactError, match="None has been begun yet"):
        shop.governance.impacts.one("dpia-1")
    id_ = begin(shop).id
    with pytest.raises(UnknownImpactError, match=id_):
        shop.governance.impacts.history("dpia-1")


def test_a_legitimate_interest_assessment_is_signed_by_the_desk(shop: Workspace) -> None:
    shop.discover("orders")
    id_ = begin(shop, ImpactKind.LIA).id
    done = finish(shop, id_)

    assert done.outcome is Outcome.PASSED
    assert done.validated_by == shop.settings.actor
    assert cases.CANARY not in str(done)
