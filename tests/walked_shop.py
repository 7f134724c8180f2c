"""A small invented shop, and a workspace in which the whole job was done on it once."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from pathlib import Path

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description, LegalBasis
from compliance.federated import to_plan
from compliance.privacy import to_query
from compliance.register.nouns import Organisation
from compliance.report.nouns import ReportKind
from compliance.settings import Settings
from compliance.workspace import Workspace


def orders() -> bytes:
    """The invented shop: 600 people in three countries, what they paid, whether they came back."""
    lines = ["customer,email,country,amount,device,store,returned"]
    for person in range(600):
        country = ("DE", "FR", "CN")[person % 3]
        for order in range(1 + person % 3):
            amount = 5 + (person * 7 + order * 13) % 90
            returned = "yes" if (amount > 50) != (person % 11 == 0) else "no"
            device = ("phone", "tablet", "desktop")[person % 3]
            lines.append(
                f"C{person:05d},p{person}@shop.example,{country},{amount}.50,"
                f"{device},S{person % 4},{returned}"
            )
    return "\n".join(lines).encode()


SAID = Description(
    data_subjects="customers",
    purpose="fulfilment of orders",
    legal_basis=LegalBasis.CONTRACT,
    region="DE",
    retention_months=24,
    source="web shop",
    population="customers",
    unit=ColumnName("customer"),
)


def walk(home: Path) -> None:
    """Load, describe, discover, confirm, release, train, assess and report, in folder `home`."""
    desk = Workspace(Settings.from_environment({}, home=home))
    desk.set_organisation(Organisation(name="Teal Shop", officer="A. Officer", country="DE"))
    desk.add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)
    found = desk.discover("orders")
    desk.decide_labels(
        "orders",
        {la.column: (la.semantic_type, la.identifier_class) for la in found.labels[:2]},
    )
    query = {"unit": "customer", "by": ["country"], "statistics": [{"count": "rows"}]}
    desk.release("orders", to_query(query), Decimal("0.5"), Decimal("1e-6"))
    plan = {"sites": {"column": "store"}, "target": "returned", "rounds": 3}
    with closing(desk.federation.train("orders", to_plan(plan))) as rounds:
        assert len(list(rounds)) == 3
    desk.assess()
    desk.build_report(ReportKind.AUDIT)
