"""The page of requests: what is due, one step after another, and nobody is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from compliance.rights.nouns import IdentityLevel, Outcome, Rejection, Right, Step
from compliance.rights.requests import Action
from compliance.workspace import Workspace
from compliance.workspace.requesting.requests import Requesting
from pages.parts.requesting.words import people
from tests.fulfilling_cases import decided, filled
from tests.pages.conftest import Desk, chart_of, refusals, words
from tests.request_cases import ADA, in_scope, opened, today

FORMULA = '=HYPERLINK("http://evil.example") <b>x</b> ![p](http://evil.example/p.png)'
NAME = "quisling"


@pytest.fixture
def requests(described_desk: Desk) -> Requesting:
    return in_scope(described_desk.workspace)


def view(desk: Desk, name: str) -> AppTest:
    visitor = desk.open("requests")
    return visitor.radio(key="requests_view").set_value(name).run()


def on_page(desk: Desk, id_: str) -> AppTest:
    visitor = desk.open("requests")
    return visitor.selectbox(key="requests_which").set_value(id_).run()


def request(workspace: Workspace, id_: str) -> Step:
    return workspace.rights.requests.find(id_).request.step


def test_a_request_is_taken_in_and_who_it_is_about_is_forgotten(
    described_desk: Desk, requests: Requesting
) -> None:
    visitor = view(described_desk, "Take in")
    visitor.text_input(key="requests_who_email_0").set_value("ada@quisling.example")
    visitor.button(key="requests_open").click().run()

    assert refusals(visitor) == []
    (found,) = requests.requests()
    assert found.request.right is Right.ACCESS
    assert requests.can_be_read(found.request.id)
    assert f"Access · {found.request.id}" in [one.value for one in visitor.header]
    assert NAME not in str(visitor.session_state._state.filtered_state).lower()
    assert NAME not in str(visitor.query_params).lower()
    assert NAME not in str(visitor._tree).lower()


def test_what_is_missing_is_said_in_a_sentence(described_desk: Desk, requests: Requesting) -> None:
    visitor = view(described_desk, "Take in")
    visitor.button(key="requests_open").click().run()

    ((title, says),) = refusals(visitor)
    assert title == "Not taken in"
    assert "Identifiers of the person are missing" in says
    assert requests.requests() == ()


def test_a_signal_without_a_person_is_asked_about(
    described_desk: Desk, requests: Requesting
) -> None:
    visitor = view(described_desk, "Take in")
    visitor.button(key="requests_signal").click().run()

    assert [title for title, _says in refusals(visitor)] == ["Nobody to match it to"]
    assert requests.statistics(today(requests) - timedelta(days=9), today(requests)).signals == 1


def test_the_board_marks_how_much_of_the_time_is_used(
    described_desk: Desk, requests: Requesting
) -> None:
    for days in (1, 17, 26, 60):
        opened(requests, days_ago=days)

    visitor = described_desk.open("requests")

    board = visitor.dataframe[0].value
    assert list(board["Alert"]) == ["overdue", "80 % used", "50 % used", "in time"]
    assert ":material/error: 1 overdue" in words(visitor)
    assert ":material/warning: 1 with 80 % of the time used" in words(visitor)


def test_only_what_can_come_next_is_offered(described_desk: Desk, requests: Requesting) -> None:
    id_ = opened(requests)

    visitor = on_page(described_desk, id_)

    offered = visitor.radio(key=f"requests_other_{id_}_RECEIVED").options
    assert offered == [
        *("Confirm receipt", "Ask for more proof", "Reject a proof", "Extend the time"),
        *("Decide", "Withdraw it"),
    ]
    assert "**Next: Identify the person**" in words(visitor)


def test_somebody_is_identified_and_too_little_proof_is_refused(
    described_desk: Desk, requests: Requesting
) -> None:
    id_ = opened(requests)
    visitor = on_page(described_desk, id_)
    visitor.radio(key=f"requests_level_{id_}").set_value(IdentityLevel.CONTACT)
    visitor.text_input(key=f"requests_checked_{id_}").set_value("reached by e-mail")
    visitor.button(key="requests_identify").click().run()
    refused = refusals(visitor)
    visitor.radio(key=f"requests_level_{id_}").set_value(IdentityLevel.DOCUMENT)
    visitor.button(key="requests_identify").click().run()

    assert "is not enough" in refused[0][1]
    assert refusals(visitor) == []
    assert request(described_desk.workspace, id_) is Step.IDENTIFIED


def test_after_a_forged_proof_only_a_refusal_can_be_decided(
    described_desk: Desk, requests: Requesting
) -> None:
    id_ = opened(requests)
    requests.steps.reject_proof(id_, IdentityLevel.DOCUMENT, Rejection.FORGED)

    visitor = on_page(described_desk, id_)

    assert "A forged proof of identity is on record" in words(visitor)
    assert visitor.radio(key=f"requests_outcome_{id_}").options == ["Refuse it"]
    grounds = visitor.selectbox(key=f"requests_ground_{id_}_REFUSED").options
    assert grounds == ["It could not be shown who asks (Art. 11(2), 12(6))"]


def test_a_refusal_is_decided_on_a_ground_and_markup_in_its_reason_is_shown_as_text(
    described_desk: Desk, requests: Requesting
) -> None:
    id_ = opened(requests)
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "birth date compared")
    visitor = on_page(described_desk, id_)
    visitor.radio(key=f"requests_other_{id_}_IDENTIFIED").set_value(Action.DECIDE).run()
    visitor.selectbox(key=f"requests_ground_{id_}_REFUSED").set_value("excessive").run()
    visitor.text_area(key=f"requests_reason_{id_}").set_value(FORMULA).run()
    visitor.button(key="requests_decide").click().run()

    assert refusals(visitor) == []
    found = requests.find(id_).request
    assert found.decision is not None
    assert (found.decision.outcome, found.decision.ground) == (Outcome.REFUSED, "excessive")
    shown = next(text for text in words(visitor).splitlines() if "Reason of the decision" in text)
    assert "![p](" not in shown
    assert "\\<b>x" in shown


def test_a_refusal_has_to_tell_all_that_the_law_asks_for(
    described_desk: Desk, requests: Requesting
) -> None:
    id_ = opened(requests)
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "birth date compared")
    requests.steps.decide(id_, Outcome.REFUSED, ground="unfounded", reason="a joke")
    visitor = on_page(described_desk, id_)
    visitor.button(key="requests_answer").click().run()
    refused = refusals(visitor)
    for told in ("complaint", "court"):
        visitor.checkbox(key=f"requests_tells_{id_}_{told}").set_value(True)
    visitor.button(key="requests_answer").click().run()

    assert "A refusal has to tell" in refused[0][1]
    assert request(described_desk.workspace, id_) is Step.ANSWERED


def test_numbers_have_a_chart_with_words_and_a_table(
    described_desk: Desk, requests: Requesting
) -> None:
    opened(requests)
    opened(requests, Right.ERASURE)

    visitor = view(described_desk, "Numbers and log")

    assert {bar["name"] for bar in chart_of(visitor, "requests_chart")["data"]} == {"open"}
    (chart,) = visitor.get("plotly_chart")
    assert "2 open" in chart.proto.alt
    assert list(visitor.dataframe[0].value["Right"]) == ["Access", "Erasure"]


def test_a_hold_is_placed_and_is_lifted_only_after_a_question(
    described_desk: Desk, requests: Requesting
) -> None:
    visitor = view(described_desk, "Legal holds")
    visitor.text_input(key="requests_hold_why").set_value(f"a claim {FORMULA}")
    visitor.button(key="requests_hold_place").click().run()
    visitor.button(key="requests_hold_ask").click().run()

    assert refusals(visitor) == []
    assert len(requests.holding.standing()) == 1
    assert visitor.button(key="requests_hold_lift").label == "Lift the hold"
    asked = next(text for text in words(visitor).splitlines() if "Once it is lifted" in text)
    assert "![p](" not in asked


def test_the_person_is_named_nowhere_on_the_page(
    described_desk: Desk, requests: Requesting
) -> None:
    id_ = opened(requests, who=ADA)

    visitor = on_page(described_desk, id_)

    assert NAME not in str(visitor._tree).lower()


def test_each_person_whom_doubtful_rows_fit_is_asked_about_once() -> None:
    found = people(["a@1:n~name:x1", "b@1:k~person_key:x1", "a@1:n~name:x2", "c@1:n~name"])

    assert list(found.values()) == [1, 1, 2, 3]


def test_a_restriction_shows_the_versions_it_made_and_is_lifted_on_the_page(
    empty_desk: Desk,
) -> None:
    shop = filled(empty_desk.workspace, with_referrer=False)
    id_ = decided(shop, Right.RESTRICTION)

    visitor = on_page(empty_desk, id_)
    visitor.button(key="requests_restrict").click().run()
    made = next(one.value for one in visitor.dataframe if "New version" in one.value)
    lifting = visitor.button(key="requests_lift")

    assert refusals(visitor) == []
    assert made.to_dict("list") == {"Dataset": ["customers", "orders"], "New version": ["2", "2"]}
    assert lifting.disabled  # until somebody says when the person was told

    visitor.date_input(key=f"requests_told_on_{id_}").set_value(today(shop.rights.requests)).run()
    visitor.button(key="requests_lift").click().run()

    assert refusals(visitor) == []
    assert [one.id for one in empty_desk.workspace.datasets()] == ["customers@3", "orders@3"]
    assert "requests_lift" not in [one.key for one in visitor.button]
