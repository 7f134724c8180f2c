"""The demo shop with more tables in which its people stand, and who stands where.

customers ─ customer_id ─ orders ─ order_id ─ payments (no customer)
    │                                 tickets: staff's notes, with others mentioned in them
    └ email ─ newsletter (no customer)      referrals: who brought whom
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Dataset, Description
from compliance.demo import build_shop
from compliance.demo.nouns import Mention
from compliance.rights.nouns import Identifier, IdentifierKind, Trace
from compliance.workspace import Workspace

PEOPLE = "shop customers"
Row = tuple[str, int]  # dataset version and row


@dataclass
class Truth:
    """Who stands where.

    Attributes:
        people: one row of the customer table for each person, by key.
        rows: by key, the rows that are the person's.
        mentions: by key, the cells of others in which the person stands for certain.
        named: by key, those in which the person's name stands, which others may bear.
    """

    people: dict[int, dict[str, object]] = field(default_factory=dict)
    rows: dict[int, set[Row]] = field(default_factory=lambda: defaultdict(set))
    mentions: dict[int, set[Row]] = field(default_factory=lambda: defaultdict(set))
    named: dict[int, set[Row]] = field(default_factory=lambda: defaultdict(set))


def build(workspace: Workspace, customers: int, orders: int, seed: int = 7) -> Truth:
    """Fill an empty workspace, look for personal data in it, and say who stands where."""
    shop = build_shop(seed, customers, orders)
    for table in shop.tables:
        workspace.add_files(table.files, table.name, table.description)
    truth = Truth()
    content = {name: rows_of(workspace, workspace.dataset(name)) for name in _KEYED}
    for name, rows in content.items():
        for nth, row in enumerate(rows):
            if row["customer_id"] is not None:
                truth.rows[int(str(row["customer_id"]))].add((f"{name}@1", nth))
    truth.people = {int(str(row["customer_id"])): row for row in content["customers"]}
    bearers: dict[str, list[int]] = defaultdict(list)
    for key, person in truth.people.items():
        bearers[str(person["full_name"])].append(key)
    _name_reviewed(truth, shop.truth.mentions, content["reviews"], bearers)
    draw = random.Random(seed)
    _add_payments(workspace, truth, content["orders"], draw)
    _add_newsletter(workspace, truth, draw)
    _add_tickets(workspace, truth, content["orders"], bearers, draw)
    _add_new_version(workspace, truth, content["customers"], draw)
    for dataset in workspace.datasets():
        workspace.discover(dataset.name)
    return truth


_KEYED = ("customers", "orders", "clicks", "reviews")


def rows_of(workspace: Workspace, dataset: Dataset) -> list[dict[str, object]]:
    """The stored rows."""
    folder = workspace.settings.home / "datasets"
    found: list[dict[str, object]] = pq.read_table(folder / f"{dataset.sha256}.parquet").to_pylist()
    return found


def said(unit: str | None, population: str = PEOPLE, region: str = "DE") -> Description:
    """A description that names the people."""
    return Description(
        data_subjects="customers",
        population=population,
        region=region,
        unit=ColumnName(unit) if unit else None,
    )


def asked(**values: object) -> list[Identifier]:
    """Identifiers by the names of their kinds: `asked(email="a@b.example")`."""
    return [
        Identifier(kind=IdentifierKind[kind.upper()], value=str(value))
        for kind, value in values.items()
    ]


def settled(trace: Trace) -> set[Row]:
    """The rows that count as the person's."""
    return {(match.dataset_id, row) for match in trace.settled for row in match.rows}


def mentioned(trace: Trace, *, certain_only: bool = False) -> set[Row]:
    """The rows of others in which the person stands."""
    return {
        (one.dataset_id, one.row)
        for one in trace.mentions
        if not (certain_only and one.is_doubtful)
    }


def csv_of(name: str, rows: Sequence[Mapping[str, object]]) -> RawFile:
    """Rows as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return RawFile(name=name, data=text.getvalue().encode())


def _name_reviewed(
    truth: Truth,
    mentions: Sequence[Mention],
    reviews: Sequence[Mapping[str, object]],
    bearers: Mapping[str, Sequence[int]],
) -> None:
    """Neighbours and others whom reviewers name; only their names are known."""
    places = {row["review_id"]: nth for nth, row in enumerate(reviews)}
    for mention in mentions:
        nth = places[mention.review_id]
        name = str(reviews[nth]["text"])[mention.start : mention.end]
        for key in bearers[name] if mention.kind == "PERSON" else ():
            if ("reviews@1", nth) not in truth.rows[key]:
                truth.named[key].add(("reviews@1", nth))


def _add_payments(
    workspace: Workspace, truth: Truth, orders: Sequence[Mapping[str, object]], draw: random.Random
) -> None:
    """Two payments for some orders; nothing but the order says whose they are."""
    rows = []
    for order in draw.sample(list(orders), len(orders) // 4):
        for part in (1, 2):
            key = int(str(order["customer_id"]))
            truth.rows[key].add(("payments@1", len(rows)))
            rows.append({"order_id": order["order_id"], "part": part, "paid": draw.randint(5, 90)})
    workspace.add_files([csv_of("payments.csv", rows)], "payments", said(None))


def _add_newsletter(workspace: Workspace, truth: Truth, draw: random.Random) -> None:
    """Subscribers by e-mail, some in capitals, among strangers who are no customers."""
    rows: list[dict[str, object]] = []
    for key in draw.sample(sorted(truth.people), len(truth.people) // 3):
        mail = str(truth.people[key]["email"])
        truth.rows[key].add(("newsletter@1", len(rows)))
        rows.append({"email": mail.upper() if draw.random() < 0.3 else mail, "opened": 3})
    rows += [{"email": f"reader{n}@elsewhere.example", "opened": n % 9} for n in range(200)]
    workspace.add_files([csv_of("newsletter.csv", rows)], "newsletter", said(None))


def _add_tickets(
    workspace: Workspace,
    truth: Truth,
    orders: Sequence[Mapping[str, object]],
    bearers: Mapping[str, Sequence[int]],
    draw: random.Random,
) -> None:
    """Notes on one customer in which another one is named, in all the ways staff write."""
    by_key: dict[int, list[str]] = defaultdict(list)
    for order in orders:
        by_key[int(str(order["customer_id"]))].append(str(order["order_id"]))
    phones: dict[str, int] = defaultdict(int)
    for person in truth.people.values():
        phones[_tail(person["phone"])] += 1
    rows: list[dict[str, object]] = []
    keys = sorted(truth.people)
    for _ in range(len(keys)):
        owner, other = draw.sample(keys, 2)
        place = ("tickets@1", len(rows))
        choices = list(_notes(truth.people[other], by_key[other]))
        kind, note = choices[draw.randrange(len(choices))]
        truth.rows[owner].add(place)
        if kind == "name":
            for key in bearers[str(truth.people[other]["full_name"])]:
                if key != owner:
                    truth.named[key].add(place)
        else:
            truth.mentions[other].add(place)
        rows.append({"ticket_id": f"T{5000 + len(rows)}", "customer_id": owner, "note": note})
    workspace.add_files([csv_of("tickets.csv", rows)], "tickets", said("customer_id"))


def _tail(phone: object) -> str:
    return "".join(filter(str.isdigit, str(phone or "")))[-8:]


def _notes(person: Mapping[str, object], orders: Sequence[str]) -> Iterator[tuple[str, str]]:
    mail, name = str(person["email"]), str(person["full_name"])
    yield "email", f"Caller says the parcel went to {mail.title()}, please check"
    yield "email", json.dumps({"cc": [mail, "team@shop.example"], "urgent": False})
    yield "email", f"转给{mail}处理"
    yield "key", f"Same address as customer_id {person['customer_id']}, merged by mistake?"
    yield "name", f"Spoke to {name} about the refund."
    if " " in name:
        given, _, family = name.rpartition(" ")
        yield "name", f"Handed over to {family.upper()}, {given}; waiting for an answer."
    if orders:
        yield "order", f"Was sent the goods of order {orders[0].lower()} instead."
    number = str(person["phone"] or "")
    if number.startswith("+"):
        yield "phone", f"Left the number {number.replace(' ', '-')} of a neighbour."


def _add_new_version(
    workspace: Workspace, truth: Truth, rows: Sequence[dict[str, object]], draw: random.Random
) -> None:
    """The customers a year later: some moved to another e-mail address, some left."""
    kept = [dict(row) for row in rows if draw.random() < 0.9]
    for nth, row in enumerate(kept):
        if draw.random() < 0.1:
            row["email"] = f"new.{row['customer_id']}@mail.example"
        truth.rows[int(str(row["customer_id"]))].add(("customers@2", nth))
    workspace.add_files([csv_of("customers.csv", kept)], "customers")


def add_shared(workspace: Workspace, folder: Path) -> dict[str, tuple[str, set[Row]]]:
    """Add the shared shops; their people, by e-mail address: of which table, and their rows."""
    bikes = folder / "adventureworks"
    sales = [bikes / f"AdventureWorks_Sales_{year}.csv" for year in (2017, 2018, 2019)]
    key = "CustomerKey"
    workspace.add_places(
        [bikes / "AdventureWorks_Customers.csv"], "bike customers", said(key, "bikes", "US")
    )
    workspace.add_places(sales, "bike sales", said(key, "bikes", "US"))
    database = [folder / "chinook" / "Chinook_Sqlite.sqlite"]
    for table, unit in (
        ("Customer", "CustomerId"),
        ("Invoice", "CustomerId"),
        ("InvoiceLine", None),
    ):
        workspace.add_places(database, table, said(unit, "listeners", "CA"), table=table)
    workspace.add_places(database, "Employee", said("EmployeeId", "staff", "CA"), table="Employee")
    for name in ("bike customers", "bike sales", "Customer", "Invoice", "InvoiceLine", "Employee"):
        workspace.discover(name)
    found = _by_key(workspace, "bike customers", "EmailAddress", key, ("bike sales",))
    listeners = _by_key(workspace, "Customer", "Email", "CustomerId", ("Invoice",))
    invoices = {
        row["InvoiceId"]: row["CustomerId"]
        for row in rows_of(workspace, workspace.dataset("Invoice"))
    }
    mails = {row["CustomerId"]: str(row["Email"]) for row in _rows(workspace, "Customer")}
    for nth, row in enumerate(_rows(workspace, "InvoiceLine")):
        listeners[mails[invoices[row["InvoiceId"]]]][1].add(("InvoiceLine@1", nth))
    staff = _by_key(workspace, "Employee", "Email", "EmployeeId", ())
    return found | listeners | staff


def _by_key(
    workspace: Workspace, people: str, mail: str, key: str, others: Sequence[str]
) -> dict[str, tuple[str, set[Row]]]:
    rows: dict[object, set[Row]] = defaultdict(set)
    for name in (people, *others):
        for nth, row in enumerate(_rows(workspace, name)):
            rows[row[key]].add((f"{name}@1", nth))
    return {str(row[mail]): (people, rows[row[key]]) for row in _rows(workspace, people)}


def _rows(workspace: Workspace, name: str) -> list[dict[str, object]]:
    return rows_of(workspace, workspace.dataset(name))
