"""Plan files: what is read, and how nonsense is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.errors import MalformedPlanError
from compliance.federated import from_plan, to_plan
from compliance.federated.nouns import NoisePlan, Plan
from compliance.plain import to_yaml

SHORT = {"sites": {"column": "Region"}, "target": "Revenue"}


def test_a_plan_file_is_read() -> None:
    text = """
        task: response
        sites: {column: Region}
        target: Revenue
        model: logistic
        rounds: 12
        local_epochs: 3
        batch: 10
        fraction: 0.5
        strategy: fedavg
        features: [Month, Weekend]
        learning_rate: 0.05
        server_rate: 1.5
        minimum_records: 30
        privacy: {noise_multiplier: 1.1, clip: 0.5, delta: 1e-5}
        seed: 11
    """

    plan = to_plan(yaml.safe_load(text))

    assert plan == Plan(
        site_column="Region",
        target="Revenue",
        rounds=12,
        local_epochs=3,
        batch=10,
        fraction=0.5,
        features=("Month", "Weekend"),
        learning_rate=0.05,
        server_rate=1.5,
        momentum=0.8,
        minimum_records=30,
        privacy=NoisePlan(noise_multiplier=1.1, clip=0.5, delta=Decimal("1e-5")),
        seed=11,
    )


def test_what_a_plan_leaves_out_takes_the_defaults() -> None:
    assert to_plan(SHORT) == Plan(site_column="Region", target="Revenue")


def test_with_noise_a_tenth_of_the_people_takes_part_unless_said_otherwise() -> None:
    privacy = {"noise_multiplier": 1}

    assert to_plan({**SHORT, "privacy": privacy}).fraction == 0.1
    assert to_plan({**SHORT, "privacy": privacy, "fraction": 0.2}).fraction == 0.2
    assert to_plan(SHORT).fraction == 1


def test_the_updates_of_a_forecast_are_short_and_so_is_its_clip() -> None:
    """With a clip of 1 the noise left less than repeating the last period tells."""
    forecast = {"task": "forecast", "sites": {"column": "shop"}, "history": {"time": "week"}}
    privacy = {"noise_multiplier": 1, "unit": "site"}
    short, said = (
        to_plan({**forecast, "privacy": one}) for one in (privacy, {**privacy, "clip": 1})
    )

    assert short.privacy is not None
    assert short.privacy.clip == 0.1
    assert said.privacy is not None
    assert said.privacy.clip == 1
    assert [to_plan(from_plan(one)) for one in (short, said)] == [short, said]


def test_sites_as_the_unit_take_part_all_unless_said_otherwise() -> None:
    privacy = {"noise_multiplier": 1, "unit": "site"}

    assert to_plan({**SHORT, "privacy": privacy}).fraction == 1
    assert to_plan({**SHORT, "privacy": privacy, "fraction": 0.5}).fraction == 0.5


def test_a_header_that_is_a_year_may_be_named_without_quotation_marks() -> None:
    assert to_plan({"sites": {"column": 2010}, "target": "Revenue"}).site_column == "2010"


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        pytest.param(None, "plan", id="empty file"),
        pytest.param([1, 2], "plan", id="a list"),
        pytest.param({1: 2}, "plan", id="a number for a name"),
        pytest.param({"target": "Revenue"}, "plan", id="no sites"),
        pytest.param({"sites": {"column": "Region"}}, "target", id="no target"),
        pytest.param({**SHORT, "epochs": 3}, "plan", id="unknown setting"),
        pytest.param({**SHORT, "sites": "Region"}, "sites", id="sites without column"),
        pytest.param({**SHORT, "sites": {"count": 1}}, "sites.count", id="one made-up site"),
        pytest.param({**SHORT, "sites": {"split": "iid"}}, "sites", id="a split without a count"),
        pytest.param(
            {**SHORT, "sites": {"count": 3, "column": "Region"}}, "sites", id="column and count"
        ),
        pytest.param(
            {**SHORT, "sites": {"count": 3, "split": "column"}}, "sites.split", id="by no column"
        ),
        pytest.param(
            {**SHORT, "sites": {"count": 3, "alpha": 0}}, "sites.alpha", id="no Dirichlet"
        ),
        pytest.param({**SHORT, "sites": {"column": ["a"]}}, "sites.column", id="several columns"),
        pytest.param({**SHORT, "sites": {"column": "Revenue"}}, "target", id="target is the site"),
        pytest.param({**SHORT, "target": ""}, "target", id="nameless target"),
        pytest.param({**SHORT, "target": True}, "target", id="target is a truth value"),
        pytest.param({**SHORT, "target": 10**5000}, "target", id="a number without end"),
        pytest.param({**SHORT, "model": "forest"}, "model", id="an unknown model"),
        pytest.param(
            {**SHORT, "model": "matrix_factorisation"}, "model", id="a model of another task"
        ),
        pytest.param({**SHORT, "model": ["logistic"]}, "model", id="a list of models"),
        pytest.param({**SHORT, "strategy": "gossip"}, "strategy", id="an unknown strategy"),
        pytest.param({**SHORT, "task": "guess"}, "task", id="an unknown task"),
        pytest.param({**SHORT, "hidden": []}, "hidden", id="no layers"),
        pytest.param({**SHORT, "secure": 1}, "secure", id="not a truth value"),
        pytest.param(
            {**SHORT, "trouble": {"dropout": 1}}, "trouble.dropout", id="nobody ever answers"
        ),
        pytest.param({**SHORT, "trouble": {"rain": 1}}, "trouble", id="unknown trouble"),
        pytest.param({**SHORT, "history": {"until": "soon"}}, "history.until", id="no day"),
        pytest.param(
            {**SHORT, "history": {"since": "2011-12-09", "until": "2011-12-09"}},
            "history.until",
            id="ends before it begins",
        ),
        pytest.param({**SHORT, "history": {"when": "Month"}}, "history", id="unknown history"),
        pytest.param({**SHORT, "rounds": 2.5}, "rounds", id="half a round"),
        pytest.param({**SHORT, "rounds": True}, "rounds", id="rounds by truth value"),
        pytest.param({**SHORT, "rounds": 0}, "rounds", id="no rounds"),
        pytest.param({**SHORT, "rounds": 10**5000}, "rounds", id="more rounds than can be"),
        pytest.param({**SHORT, "batch": 0}, "batch", id="empty batches"),
        pytest.param({**SHORT, "fraction": 0}, "fraction", id="nobody takes part"),
        pytest.param({**SHORT, "fraction": "a half"}, "fraction", id="a fraction in words"),
        pytest.param({**SHORT, "fraction": float("nan")}, "fraction", id="not a number"),
        pytest.param({**SHORT, "fraction": 10**5000}, "fraction", id="a huge fraction"),
        pytest.param({**SHORT, "learning_rate": "inf"}, "learning_rate", id="infinite rate"),
        pytest.param({**SHORT, "learning_rate": "1e999999999"}, "learning_rate", id="overflow"),
        pytest.param({**SHORT, "seed": -1}, "seed", id="negative seed"),
        pytest.param({**SHORT, "features": "Month"}, "features", id="features not a list"),
        pytest.param({**SHORT, "features": [None]}, "features", id="a nameless feature"),
        pytest.param({**SHORT, "privacy": None}, "privacy", id="privacy left blank"),
        pytest.param({**SHORT, "privacy": {}}, "privacy", id="no noise multiplier"),
        pytest.param(
            {**SHORT, "privacy": {"noise_multiplier": 1, "epsilon": 1}}, "privacy", id="epsilon"
        ),
        pytest.param(
            {**SHORT, "privacy": {"noise_multiplier": 0}}, "privacy.noise_multiplier", id="no noise"
        ),
        pytest.param(
            {**SHORT, "privacy": {"noise_multiplier": 1, "delta": 1}}, "privacy.delta", id="delta 1"
        ),
    ],
)
def test_a_malformed_plan_is_refused_at_its_place(raw: object, place: str) -> None:
    with pytest.raises(MalformedPlanError) as refusal:
        to_plan(raw)

    assert refusal.value.facts["place"] == place


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(MalformedPlanError, match="it may be: logistic"):
        to_plan({**SHORT, "model": "forest"})
    with pytest.raises(MalformedPlanError, match=r"possible are \{column: NAME\}"):
        to_plan({**SHORT, "sites": {"split": "iid"}})


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"model": "mlp", "hidden": [8, 4], "strategy": "fedadam", "features": ["Month"]},
        {"sites": {"count": 9, "split": "dirichlet", "alpha": 0.1}},
        {"privacy": {"noise_multiplier": 1.5, "delta": "1e-7", "quantile": 0.5}, "momentum": 0.5},
        {"privacy": {"noise_multiplier": 2, "unit": "device", "column": "Browser"}},
        {"privacy": {"noise_multiplier": 2}, "strategy": "fedavg", "fraction": 1},
        {"trouble": {"dropout": 0.25, "poisoned": 1, "poison": "noise"}, "secure": False},
        {"task": "forecast", "history": {"time": "Month", "steps": 4}, "secure": True},
        {"task": "forecast", "history": {"time": "Month", "until": "2011-12-09"}},
    ],
)
def test_a_plan_written_to_a_file_is_read_as_the_same_plan(change: dict[str, object]) -> None:
    raw = {**SHORT, **change}
    if change.get("task") == "forecast":
        del raw["target"]
    plan = to_plan(raw)

    assert to_plan(yaml.safe_load(to_yaml(from_plan(plan)))) == plan


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_scalars, inner, max_size=3),
    max_leaves=6,
)
_names = st.sampled_from(
    ["sites", "target", "privacy", "rounds", "fraction", "features", "model", "seed", "batch"]
)


@settings(deadline=None)
@given(st.dictionaries(_names, _values, max_size=4), st.booleans())
def test_nonsense_is_refused_in_words_and_never_otherwise(
    nonsense: dict[str, object], is_complete: bool
) -> None:
    try:
        plan = to_plan({**SHORT, **nonsense} if is_complete else nonsense)
    except MalformedPlanError:
        return

    assert isinstance(plan, Plan)
