"""On the demo shop, whose seeded truth says whose data stands where: nobody else's leaves."""

from __future__ import annotations

from collections import defaultdict

import pytest

from compliance.demo import build_shop
from compliance.demo.nouns import Mention, Shop
from compliance.rights.fulfilling.others import Known
from compliance.rights.nouns import Identifier, IdentifierKind, Right
from compliance.workspace import Workspace
from tests.fulfilling_cases import decided, files_in
from tests.request_cases import in_scope

_NAMING = ("PERSON", "EMAIL", "PHONE", "ADDRESS")


@pytest.fixture
def demo(workspace: Workspace) -> tuple[Workspace, Shop]:
    shop = build_shop(customers=400, orders=4_000)
    for table in shop.tables:
        workspace.add_files(table.files, table.name, table.description)
        workspace.discover(table.name)
    in_scope(workspace)
    return workspace, shop


def rows_of(workspace: Workspace, name: str) -> list[dict[str, object]]:
    found = workspace.dataset(name)
    return workspace._desk.table(found).arrow(list(found.column_names)).to_pylist()


def strangers(workspace: Workspace, shop: Shop) -> dict[int, set[str]]:
    """By customer, what their reviews say of other people."""
    customers = {row["customer_id"]: row for row in rows_of(workspace, "customers")}
    seeded: dict[str, list[Mention]] = defaultdict(list)
    for mention in shop.truth.mentions:
        seeded[mention.review_id].append(mention)
    found: dict[int, set[str]] = defaultdict(set)
    for review in rows_of(workspace, "reviews"):
        writer = customers[review["customer_id"]]
        known = Known()
        for column in ("full_name", "email", "phone", "street"):
            known.add(str(writer[column] or ""), is_name=column == "full_name")
        for mention in seeded[str(review["review_id"])]:
            said = str(review["text"])[mention.start : mention.end]
            street = str(writer["street"] or "?")
            if mention.kind in _NAMING and not known.has(said) and street not in said:
                found[int(str(review["customer_id"]))].add(said)
    return found


def test_no_value_of_somebody_else_is_in_a_package(demo: tuple[Workspace, Shop]) -> None:
    workspace, shop = demo
    seeded = strangers(workspace, shop)
    customers = {row["customer_id"]: row for row in rows_of(workspace, "customers")}
    assert seeded
    others = {
        str(row[column])
        for row in customers.values()
        for column in ("email", "phone", "national_id")
        if row[column]
    }

    for customer in sorted(seeded)[:6]:
        own = {str(value) for value in customers[customer].values()}
        who = [Identifier(kind=IdentifierKind.EMAIL, value=str(customers[customer]["email"]))]
        id_ = decided(workspace, Right.ACCESS, who=who)
        files = files_in(workspace.rights.fulfilling.package(id_))
        text = "".join(data.decode() for name, data in files.items() if name != "package.pdf")

        assert str(customer) in text
        assert [said for said in seeded[customer] if said in text] == []
        assert [value for value in others - own if value in text] == []
