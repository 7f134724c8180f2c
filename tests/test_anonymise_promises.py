"""What an output promises is kept whatever the table holds, or nothing is handed on."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace

import pytest
from anonymise_cases import ended, people, plan

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
