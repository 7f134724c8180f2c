"""What is kept for ever is spelt the same for ever: a change here breaks trails already written.

Write the golden files anew, after a change that was meant, with `GOLDEN=write`. (A new pyarrow
writes other Parquet bytes and so another hash of the stored table; that alone is no breach.)
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from compliance.dataset import RawFile
from compliance.dataset.nouns import Description, LegalBasis
from compliance.discovery.nouns import IdentifierClass
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.settings import Settings
from compliance.workspace import Workspace

GOLDEN = Path(__file__).parent / "golden"
FILE = b"customer;email;country;spent\n" + b"".join(
    b"%d.0;someone%d@example.org;%s;%d,50\n" % (17850 + i, i, (b"DE", b"FR")[i % 2], 10 + i)
    for i in range(40)
)
KEY = json.dumps({"origin": "privacy-desk/0123456789abcdef", "seed": "07" * 32})


def as_golden(name: str, text: str) -> str:
    """What the golden file holds; `text` itself where the files are being written anew."""
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def ticking() -> datetime:
    return datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(minutes=next(_MINUTES))


_MINUTES = count()


def test_the_trail_is_spelt_as_it_always_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Edges say which code made them, and the trail vouches for the edges.
    monkeypatch.setattr("compliance.workspace.desk.code", lambda: "golden")
    settings = Settings.from_environment({"PRIVACY_DESK_ACTOR": "Officer"}, home=tmp_path)
    (tmp_path / "trail.key").write_text(KEY, encoding="utf-8")
    desk = Workspace(settings, clock=ticking)
    desk.set_organisation(Organisation(name="Shop", contact="dpo@shop.example", country="DE"))
    description = Description(unit="customer", region="DE", purpose="billing")
    desk.add_files([RawFile(name="orders.csv", data=FILE)], "orders", description)
    desk.discover("orders")
    desk.decide_labels("orders", {"country": ("country", IdentifierClass.QUASI)})
    desk.describe(
        "orders",
        Description(
            unit="customer", region="DE", purpose="billing", legal_basis=LegalBasis.CONTRACT
        ),
    )
    desk.decide_budget("orders", Budget(epsilon=Decimal(2), delta=Decimal("1e-6")))
    desk.assess()
    desk.checkpoint_trail()

    exported = desk.export_trail()

    assert exported == as_golden("trail.jsonl", exported)
    assert desk.verify_trail().ok
