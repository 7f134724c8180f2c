"""The customer table as two files, as untidy as such exports are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compliance.dataset.readers import RawFile
from compliance.demo.exports import (
    as_decimals,
    csv_file,
    shouted,
    spoilt,
    with_repeats,
    with_stray_blanks,
)
from compliance.demo.words import countries

COLUMNS = (
    "customer_id", "full_name", "email", "phone", "birth_date", "gender", "street", "city",
    "postal_code", "country", "national_id", "marketing_consent", "registered_at", "annual_income",
)  # fmt: skip
REPEATS_ONE_IN = 500


def customer_files(people: pa.Table, generator: np.random.Generator) -> tuple[RawFile, ...]:
    """The customers of the EU and the rest; one in `REPEATS_ONE_IN` stands there twice."""
    table = _untidy(people, generator)
    table = with_repeats(table, max(1, len(people) // REPEATS_ONE_IN), generator)
    in_eu = pa.array([country.name for country in countries() if country.is_eu])
    is_eu = pc.is_in(table["country"], value_set=in_eu)
    rest = table.filter(pc.invert(is_eu))
    ids = as_decimals(rest["customer_id"])
    return (
        csv_file("customers_eu.csv", table.filter(is_eu), delimiter=";", has_mark=True),
        csv_file("customers_rest.csv", rest.set_column(0, "customer_id", ids)),
    )


def _untidy(people: pa.Table, generator: np.random.Generator) -> pa.Table:
    consent = pc.if_else(generator.random(len(people)) < 0.41, "true", "false")
    columns = {name: people[name] for name in COLUMNS if name in people.column_names}
    columns |= {
        "full_name": shouted(people["full_name"], 0.02, generator),
        "email": shouted(with_stray_blanks(people["email"], 0.01, generator), 0.03, generator),
        "phone": spoilt(spoilt(people["phone"], 0.05, "", generator), 0.01, "NA", generator),
        "birth_date": spoilt(_texts(people["birth_date"]), 0.02, "", generator),
        "gender": spoilt(people["gender"], 0.04, "", generator),
        "city": with_stray_blanks(people["city"], 0.02, generator),
        "marketing_consent": spoilt(consent, 0.015, "NULL", generator),
        "registered_at": _texts(people["registered_at"]),
        "annual_income": spoilt(
            with_stray_blanks(people["annual_income"], 0.3, generator), 0.25, "", generator
        ),
    }
    return pa.table([columns[name] for name in COLUMNS], names=list(COLUMNS))


def _texts(moments: pa.ChunkedArray) -> pa.ChunkedArray:
    return moments.cast(pa.string())
