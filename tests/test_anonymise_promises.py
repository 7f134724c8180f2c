"""What an output promises is kept whatever the table holds, or nothing is handed on."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace

import pytest
from anonymise_cases import ended, people, plan

from compliance.anonymise import to_plan
from compliance.anonymise.nouns import Plan, Treatment, TreatmentKind
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedRecipeError, StillAtRiskError
from compliance.workspace import Workspace


def added(workspace: Workspace, data: bytes, name: str = "people") -> None:
    workspace.add_files([RawFile(name="people.csv", data=data)], name)


def anonymised(workspace: Workspace, asked: Plan, name: str = "people") -> Anonymised:
    return ended(workspace.anonymisation.anonymise(name, asked, {}))


def shown(workspace: Workspace, done: Anonymised) -> list[dict[str, str]]:
    """The output, read by somebody else."""
    text = workspace.anonymisation.output(done).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_time_limit_ends_the_search_with_the_best_so_far(workspace: Workspace):
    added(workspace, people())

    done = anonymised(workspace, plan(k=15, time_limit_s=1e-9))

    assert not done.proof.found.optimal
    assert done.proof.found.bound < done.proof.found.losses.loss


@pytest.mark.parametrize("name", [".city", "[city", "ci.ty", 'ci"ty', "class", "ci,ty"])
def test_a_column_may_be_called_anything(workspace: Workspace, name: str):
    quoted = '"' + name.replace('"', '""') + '"'
    added(workspace, people().replace(b",city,", f",{quoted},".encode(), 1))
    columns = {
        "age": {"build": "intervals", "width": 5, "factor": 2, "levels": 3},
        name: {"build": "suppress"},
    }

    done = anonymised(workspace, plan(quasi_identifiers=columns))

    groups = Counter((row["age"], row[name]) for row in shown(workspace, done))
    assert min(groups.values()) >= 5


@pytest.mark.parametrize("treatment", ["drop", "mask", {"pram": {"keep": 0.5}}])
def test_a_column_that_a_criterion_is_about_is_not_changed_as_well(
    workspace: Workspace, treatment: object
):
    with pytest.raises(MalformedRecipeError, match="“diagnosis” is treated"):
        plan(columns={"diagnosis": treatment})


def test_a_plan_that_contradicts_itself_is_refused_whoever_made_it(workspace: Workspace):
    added(workspace, people())
    treated = Treatment(column=ColumnName("age"), kind=TreatmentKind.DROP)

    with pytest.raises(MalformedRecipeError, match="treated otherwise"):
        anonymised(workspace, replace(plan(), treatments=(treated,)))
    with pytest.raises(MalformedRecipeError, match="nothing says what must hold"):
        anonymised(workspace, replace(plan(), criteria=()))


@pytest.mark.parametrize("method", ["full_domain", "local"])
def test_an_output_without_rows_is_refused_in_plain_words(workspace: Workspace, method: str):
    added(workspace, people(20))

    with pytest.raises(StillAtRiskError, match="No row would be left"):
        anonymised(workspace, plan(k=50, suppression_limit=1, method=method))


@pytest.mark.parametrize("method", ["full_domain", "local"])
def test_presence_is_measured_with_the_people_of_each_class(workspace: Workspace, method: str):
    everybody = [
        (("Ulm", "Kiel", "Bonn", "Jena", "Aalen")[n * n % 5], ("south", "north", "east")[n % 3])
        for n in range(90)
    ]
    some = [person for n, person in enumerate(everybody) if n % 7 < 5 or n % 5 == 1]
    for name, rows in (("everybody", everybody), ("people", some)):
        added(workspace, "\n".join(["city,part", *map(",".join, rows)]).encode(), name)
    asked = to_plan(
        {
            "quasi_identifiers": {"city": {"build": "suppress"}, "part": {"build": "suppress"}},
            "delta_presence": {"lower": 0, "upper": 0.85},
            "k_map": 3,
            "population": "everybody",
            "suppression_limit": 0.3,
            "method": method,
        }
    )

    done = anonymised(workspace, asked)

    for cell, rows in Counter((r["city"], r["part"]) for r in shown(workspace, done)).items():
        fitting = sum(
            all(name in ("*", value) for name, value in zip(cell, person, strict=True))
            for person in everybody
        )
        assert fitting >= 3
        assert rows <= 0.85 * fitting


def test_presence_of_one_class_is_not_taken_for_that_of_another(workspace: Workspace):
    """As texts “10” comes before “2”, as numbers after it."""
    added(workspace, b"visits,note\n" + b"2,a\n" * 9 + b"10,b\n" * 3, "everybody")
    added(workspace, b"visits,note\n" + b"2,a\n" * 8 + b"10,b\n" * 2)
    asked = to_plan(
        {
            "quasi_identifiers": {"visits": {"build": "suppress"}},
            "delta_presence": {"lower": 0.5, "upper": 0.9},
            "population": "everybody",
        }
    )

    done = anonymised(workspace, asked)

    assert done.levels == {"visits": 0}
