"""Doubtful mentions on the page of requests: each is asked about, masked."""

from __future__ import annotations

import pytest

from compliance.rights.nouns import IdentityLevel, Right
from tests.erasing_cases import email
from tests.pages.conftest import Desk, refusals
from tests.request_cases import in_scope, opened
from tests.test_doubtful_mentions import DORA, TWO, notes
from tests.test_tracing import add, customers


@pytest.fixture
def id_(described_desk: Desk) -> str:
    """A request to erase somebody with two doubtful mentions, searched."""
    workspace = described_desk.workspace
    add(workspace, "people", customers(), "customer_id")
    notes(workspace, *TWO)
    requests = in_scope(workspace)
    found = opened(requests, Right.ERASURE, who=(email(DORA),))
    requests.steps.identify(found, IdentityLevel.DOCUMENT, "birth date compared")
    requests.steps.search(found)
    return found


def test_each_mention_is_asked_about_and_what_is_said_is_kept(
    described_desk: Desk, id_: str
) -> None:
    visitor = described_desk.open("requests")
    visitor.selectbox(key="requests_which").set_value(id_).run()
    visitor.toggle(key=f"requests_mentions_{id_}").set_value(True).run()

    asked = [one for one in visitor.radio if (one.key or "").startswith("requests_mention_")]
    assert len(asked) == 2
    assert "3920016" not in str(visitor._tree)
    asked[0].set_value(False)
    visitor.button(key="requests_mentions_each").click().run()

    assert refusals(visitor) == []
    mentions = described_desk.workspace.rights.requests.find(id_).request.mentions
    assert sorted(map(str, mentions.values())) == ["False", "None"]


def test_all_that_are_undecided_are_decided_by_one_button(described_desk: Desk, id_: str) -> None:
    visitor = described_desk.open("requests")
    visitor.selectbox(key="requests_which").set_value(id_).run()
    visitor.toggle(key=f"requests_mentions_{id_}").set_value(True).run()
    visitor.button(key="requests_mentions_yes").click().run()

    assert refusals(visitor) == []
    mentions = described_desk.workspace.rights.requests.find(id_).request.mentions
    assert list(mentions.values()) == [True, True]
