"""Datasets: bytes of any usual kind to clean, typed tables. The only door for data."""

from compliance.dataset.intake import Intake, take_in
from compliance.dataset.readers import RawFile, RawTable, read, read_database_table
from compliance.dataset.table import Table

__all__ = ["Intake", "RawFile", "RawTable", "Table", "read", "read_database_table", "take_in"]
