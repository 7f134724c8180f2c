"""A small shop with one person whom everything goes wrong for, and the requests of that person."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

from compliance.dataset.nouns import ColumnName, Description, LegalBasis
from compliance.dataset.readers import RawFile
from compliance.register.nouns import Organisation
from compliance.rights.nouns import (
    Handed,
    Identifier,
    IdentifierKind,
    IdentityLevel,
    Outcome,
    Right,
)
from compliance.workspace import Workspace
from tests.request_cases import in_scope, today

FORMULA = '=HYPERLINK("http://evil.example","click")'
MARKUP = "#eval(read) *b* <b>x</b> $1$"
HEBREW = "נועה לוי"
EMAIL = "noa.levi@mail.example"
STRANGER = "Bernadette Quisling"
STRANGER_ID = 77_310_902  # long enough to stand in no hash and no time by chance
STRANGER_EMAIL = "bq@mail.example"
NOA = (Identifier(kind=IdentifierKind.EMAIL, value=EMAIL),)
CUSTOMERS = [
    ["customer_id", "full_name", "email", "phone", "birth_date", "city", "referrer_email"],
    ["901", HEBREW, EMAIL, "+49 30 901820", "1971-02-03", "Mühldorf", STRANGER_EMAIL],
    [f"{STRANGER_ID}", STRANGER, STRANGER_EMAIL, "+49 30 901821", "1981-04-05", "Bonn", ""],
    *(
        [
            *(f"{1000 + n}", f"Person Nummer{chr(65 + n)}", f"p{n}@mail.example"),
            *(f"+49 30 9018{50 + n}", f"19{50 + n}-01-01", "Köln", ""),
        ]
        for n in range(20)
    ),
]
ORDERS = [
    ["order_id", "customer_id", "amount", "note"],
    ["B-1", "901", "12.50", FORMULA],
    ["B-2", "901", "7.25", f"{MARKUP} 🎁 for my friend {STRANGER}, {STRANGER_EMAIL}"],
    ["B-3", f"{STRANGER_ID}", "5.00", f"Please give it to {HEBREW}, {EMAIL}; call +49 30 901821"],
    *([f"B-{10 + n}", f"{1000 + n}", f"{n}.00", "Thank you very much for it"] for n in range(20)),
]


def csv_of(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def filled(workspace: Workspace, *, with_referrer: bool = True) -> Workspace:
    """The shop, described, looked at, with its laws in scope."""
    customers = CUSTOMERS if with_referrer else [row[:-1] for row in CUSTOMERS]
    workspace.set_organisation(
        Organisation(name="Laden", officer="O", contact="dpo@laden.example", country="DE")
    )
    for name, rows, basis in (
        ("customers", customers, LegalBasis.CONTRACT),
        ("orders", ORDERS, LegalBasis.LEGAL_OBLIGATION),
    ):
        described = Description(
            data_subjects="customers",
            purpose=f"keep {name}",
            legal_basis=basis,
            region="DE",
            retention_months=24,
            source="shop",
            population="customers",
            unit=ColumnName("customer_id"),
        )
        file = RawFile(name=f"{name}.csv", data=csv_of(rows))
        workspace.add_files([file], name, described)
        workspace.discover(name)
    in_scope(workspace)
    register = workspace.governance.register
    register.record(
        "processor", "host", {"datasets": ["customers", "orders"], "country": "DE"}, name="Host"
    )
    register.record(
        "recipient",
        "post",
        {"datasets": ["orders"], "country": "IN", "category": "controller"},
        name="Post",
    )
    return workspace


def decided(
    workspace: Workspace,
    right: Right,
    law: str = "EU_GDPR",
    who: Sequence[Identifier] = NOA,
    purpose: str = "",
) -> str:
    """A request of that person, decided to be fulfilled."""
    requests = workspace.rights.requests
    found = requests.open(law, right, today(requests), who, country="DE", purpose=purpose)
    steps = requests.steps
    if right is not Right.OPT_OUT:
        steps.identify(found.id, IdentityLevel.ACCOUNT, "signed in")
    doubts = steps.search(found.id).doubts
    if doubts:
        steps.doubts(found.id, dict.fromkeys(doubts, False))
    steps.decide(found.id, Outcome.FULFILLED)
    return found.id


def files_in(handed: Handed) -> dict[str, bytes]:
    """What a package holds, by name."""
    with zipfile.ZipFile(io.BytesIO(handed.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
