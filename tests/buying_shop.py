"""An invented shop with dates, stars and a second table about the same people."""

from __future__ import annotations

from pathlib import Path

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.settings import Settings
from compliance.workspace import Workspace

BUYERS = 900
CITIES = ("Ulm", "Bonn", "Kiel")
SAID = Description(population="buyers", unit=ColumnName("buyer"), region="DE")


def purchases() -> bytes:
    """What 900 people bought in three cities over a year, and how many stars they gave."""
    lines = ["buyer,city,bought_on,amount,stars,pieces,gift"]
    for buyer in range(BUYERS):
        for n in range(1 + buyer % 2):
            month, amount = 1 + (buyer + n) % 12, (buyer * 7 + n * 13) % 90
            gift = "true" if buyer % 4 == 0 else "false"
            lines.append(
                f"B{buyer:04d},{CITIES[buyer % 3]},2025-{month:02d}-15,{amount}.25,"
                f"{1 + buyer % 5},{1 + (buyer + n) % 9},{gift}"
            )
    return "\n".join(lines).encode()


def accounts() -> bytes:
    lines = ["account,plan"]
    lines += [f"B{buyer:04d},{('basic', 'plus')[buyer % 2]}" for buyer in range(BUYERS)]
    return "\n".join(lines).encode()


def fill(home: Path) -> None:
    """Load both tables into folder `home`, and look for personal data in the first."""
    desk = Workspace(Settings.from_environment({}, home=home))
    desk.add_files([RawFile(name="p.csv", data=purchases())], "purchases", SAID)
    other = Description(population="buyers", unit=ColumnName("account"))
    desk.add_files([RawFile(name="a.csv", data=accounts())], "accounts", other)
    desk.discover("purchases")
