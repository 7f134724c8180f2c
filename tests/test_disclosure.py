"""A disclosure: every field of the registry's schema, from what it rests on, and publishable."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import disclosure_cases as around_cases
import jsonschema
import pytest
import release_cases as cases
import report_samples as samples
import yaml
from disclosure_cases import SCHEMA, around, totals
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.nouns import CleaningStep, ColumnName
from compliance.i18n import LANGUAGES, speaking, translate
from compliance.plain import from_plain, to_plain
from compliance.privacy.disclosure import disclose, to_document
from compliance.privacy.disclosure.looks import does
from compliance.privacy.disclosure.parameters import (
    parameters,
    price_per_stretch,
    rho_price,
    stated,
)
from compliance.privacy.disclosure.stamps import to_stamp
from compliance.privacy.disclosure.words import data, sentence
from compliance.privacy.nouns import Accountant, Period, Release
from compliance.privacy.nouns.disclosure import NOT_RECORDED, Disclosure, Origin, Surroundings
from compliance.privacy.selfaudit import Check, SelfAudit

ROWS = data("registry.yaml")["fields"]
EVERY_KIND = cases.every_kind()
AMOUNT = {"column": "amount", "lower": 0, "upper": 100}
BY_REGION = {"by": ["region"], "public_keys": {"region": ["a", "b"]}, "groups": [("a",)]}
COMPLIANCE = Path(__file__).resolve().parent.parent / "compliance"
WORKSPACE = COMPLIANCE / "workspace"
PERMISSIONS = COMPLIANCE / "access" / "permissions.yaml"


def told(release: Release, surroundings: Surroundings | None = None) -> Disclosure:
    return disclose(release, surroundings or around(release))


def said(release: Release, path: str, **change: Any) -> str:
    fields = told(release, around(release, **change)).fields
    return next(field.value for field in fields if field.path == path)


def origin(disclosure: Disclosure, path: str) -> Origin:
    return next(field.origin for field in disclosure.fields if field.path == path)


def checked(disclosure: Disclosure) -> dict[str, Any]:
    """The document as somebody else reads it, once it fits the schema in the package."""
    document = json.loads(json.dumps(to_document(disclosure), allow_nan=False))
    validator = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    assert [error.message for error in validator.iter_errors(document)] == []
    return document


# ---------------------------------------------------------------- the schema


def test_the_schema_in_the_package_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_names_just_the_fields_of_the_registry() -> None:
    """`registry.yaml` and the JSON schema are two files; they say the same."""
    record = SCHEMA["properties"]["record"]

    assert set(_leaves(record)) == {_place(row["path"]) for row in ROWS}


def test_a_record_has_every_field_that_applies() -> None:
    disclosure = told(totals())
    record = checked(disclosure)["record"]

    applying = {_place(f.path) for f in disclosure.fields if f.origin is not Origin.INAPPLICABLE}
    assert {_deepest(place, applying) for place in _values(record)} == applying
    assert len(disclosure.fields) == len(ROWS) == 41


def test_the_registry_is_named_with_its_commit_and_what_could_not_be_verified() -> None:
    schema = told(totals()).schema

    assert schema.repository == "opendp/deployments-registry-data"
    assert len(schema.commit) == 40
    assert date.fromisoformat(schema.read)
    assert "could not be seen" in schema.verified


@pytest.mark.parametrize("name", ["registry", "hazards", "deployments", "acts", "statements"])
def test_each_data_file_says_as_of_when(name: str) -> None:
    assert date.fromisoformat(data(f"{name}.yaml")["as_of"])


def test_paths_are_unique_and_choices_are_given_where_they_are_asked() -> None:
    paths = [row["path"] for row in ROWS]

    assert len(set(paths)) == len(paths)
    assert all(("choices" in row) == (row["kind"] == "choice") for row in ROWS)
    assert {row["tier"] for row in ROWS} == {0, 1, 2, 3}


@pytest.mark.parametrize("release", EVERY_KIND, ids=lambda r: r.id)
def test_every_kind_of_release_fits_the_schema(release: Release) -> None:
    document = checked(told(release))

    choices = {row["path"]: row["choices"] for row in ROWS if row["kind"] == "choice"}
    for field in told(release).fields:
        if field.path in choices and field.origin is not Origin.MISSING:
            assert field.value in choices[field.path]
    assert document["release"] == release.id


def _leaves(schema: dict[str, Any], place: str = "") -> list[str]:
    if schema.get("type") == "array" and "properties" in schema["items"]:
        return _leaves(schema["items"], place)
    if "properties" not in schema:
        return [place]
    inner = schema["properties"].items()
    return [leaf for name, part in inner for leaf in _leaves(part, f"{place}/{name}")]


def _values(plain: Any, place: str = "") -> list[str]:
    if isinstance(plain, dict):
        return [leaf for name, part in plain.items() for leaf in _values(part, f"{place}/{name}")]
    if isinstance(plain, list) and isinstance(plain[0], dict):
        return _values(plain[0], place)
    return [place]


def _deepest(place: str, known: set[str]) -> str:
    """The field that `place` is in: the sources have more below them."""
    return next((path for path in known if place == path or place.startswith(f"{path}/")), place)


def _place(path: str) -> str:
    return "/" + (path if path == "url_slug" else "deployment/" + path).replace(".", "/")


# ---------------------------------------------------------------- what is not recorded


def test_what_nobody_can_know_is_not_recorded_and_counted() -> None:
    release = EVERY_KIND[0]
    bare = around_cases.described(purpose="", region="")
    document = checked(told(release, around(release, dataset=bare, curator="", country="")))

    missing = document["not_recorded"]
    assert missing == [
        "basic.data_curators.data_curator_name",
        "basic.data_curators.data_curator_type",
        "basic.intended_use",
        "basic.data_product_region",
        "basic.data_product_sector",
        "privacy_loss.number_of_privacy_units",
        "implementation.justification",
    ]
    assert document["tiers"]["1"] == {"fields": 11, "not_recorded": 5}
    assert sum(tier["not_recorded"] for tier in document["tiers"].values()) == len(missing)
    basic = document["record"]["deployment"]["basic"]
    assert basic["intended_use"] == basic["data_product_sector"] == NOT_RECORDED


def test_what_an_officer_recorded_is_carried_as_it_is() -> None:
    disclosure = told(totals())

    assert said(totals(), "basic.intended_use") == "fulfil orders and report sales"
    assert said(totals(), "basic.data_curators.data_curator_name") == "Nordlicht Versand GmbH"
    assert origin(disclosure, "basic.intended_use") is Origin.RECORDED
    assert origin(disclosure, "basic.name") is Origin.COMPUTED


def test_the_region_is_that_of_the_data_or_else_of_the_organisation() -> None:
    release = totals()

    assert said(release, "basic.data_product_region") == "GB"
    no_region = around_cases.described(region="")
    assert said(release, "basic.data_product_region", dataset=no_region) == "DE"


def test_the_tier_is_the_highest_of_which_most_is_told() -> None:
    release = totals()
    bare = around_cases.described(purpose="", region="")
    poor = told(release, around(release, dataset=bare, curator="", country=""))

    assert checked(told(release))["record"]["deployment"]["administrative"]["tier"] == 3
    assert checked(poor)["record"]["deployment"]["administrative"]["tier"] == 1


# ---------------------------------------------------------------- fields and what they rest on


@pytest.mark.parametrize(
    ("release", "name"),
    [
        pytest.param(cases.published({"count": "rows"}), "Zero-concentrated DP", id="Gaussian"),
        pytest.param(
            cases.published({"count": "rows"}, mechanism="laplace"), "Pure DP", id="Laplace"
        ),
        pytest.param(
            cases.published({"count": "rows"}, {"median": AMOUNT}),
            "Zero-concentrated DP",
            id="Gaussian and a choice",
        ),
        pytest.param(
            cases.published({"median": AMOUNT}, epsilon="0.1"),
            "Pure DP",
            id="a choice whose pure ε is smaller than what ρ gives",
        ),
        pytest.param(
            cases.published({"top": {"groups": 900}}, epsilon="5", **BY_REGION),
            "Zero-concentrated DP",
            id="choices whose pure ε is larger than what ρ gives",
        ),
        pytest.param(
            cases.published({"median": AMOUNT}, mechanism="laplace"), "Pure DP", id="pure choice"
        ),
        pytest.param(
            cases.published({"count": "rows"}, by=["region"], groups=[("a",)]),
            "Approximate DP",
            id="a threshold under Gaussian noise",
        ),
        pytest.param(
            cases.published({"count": "rows"}, by=["region"], groups=[("a",)], mechanism="laplace"),
            "Approximate DP",
            id="a threshold under Laplace noise",
        ),
        pytest.param(EVERY_KIND[7], "Pure DP", id="changed answers"),
    ],
)
def test_the_variant_follows_from_what_was_drawn(release: Release, name: str) -> None:
    assert stated(release).variant == said(release, "dp_variant.variant_name") == name


def test_pure_privacy_has_no_delta_and_no_rho() -> None:
    release = cases.published({"count": "rows"}, mechanism="laplace", epsilon="0.7")
    loss = checked(told(release))["record"]["deployment"]["privacy_loss"]

    assert loss["privacy_parameters"] == {"epsilon": 0.7}
    assert origin(told(release), "privacy_loss.privacy_parameters.rho") is Origin.INAPPLICABLE


def test_parameters_are_those_of_the_release() -> None:
    release = totals()
    loss = checked(told(release))["record"]["deployment"]["privacy_loss"]

    assert loss["privacy_parameters"] == {
        "epsilon": float(release.price.epsilon),
        "delta": 1e-6,
        "rho": float(release.price.rho or 0),
    }


def test_each_part_says_its_noise_and_its_cost() -> None:
    release = totals()
    document = checked(told(release))
    details = said(release, "privacy_loss.privacy_parameters_details")

    assert [part["of"] for part in document["parameters"]] == [
        "count_units:value",
        "sum_amount:value",
    ]
    assert "Number of people: discrete Gaussian" in details
    assert "L2 sensitivity 100" in details
    costs = [Decimal(part["rho"]) for part in document["parameters"]]
    assert abs(sum(costs) - (release.price.rho or 0)) < Decimal("1e-15")


@pytest.mark.parametrize("release", EVERY_KIND, ids=lambda r: r.id)
def test_no_part_is_left_out_of_the_details(release: Release) -> None:
    details = said(release, "privacy_loss.privacy_parameters_details")

    assert len(parameters(release)) == len(release.events)
    assert details.count("scale ") + details.count("probability") + details.count(
        "shown above"
    ) == len(release.events)


@pytest.mark.parametrize(
    ("number", "path", "words"),
    [
        (9, "privacy_loss.privacy_unit", "Person-level (customer), counting in at most 3 months"),
        (9, "privacy_loss.privacy_unit_details", "at most 3 months of day of each person"),
        (9, "privacy_loss.privacy_parameters_details", "in one month alone costs at most ε = 0.33"),
        (9, "dp_variant.unprotected_quantities", "the threshold of 88 people"),
        (10, "privacy_loss.privacy_unit_details", "rows of that person in clicks (by visitor)"),
        (10, "dp_variant.data_domain", "joined with clicks by visitor"),
        (10, "dp_variant.data_domain", "only rows where amount > 0"),
        (10, "dp_variant.unprotected_quantities", "the 3 group keys that were typed"),
        (8, "privacy_loss.privacy_unit_details", "gives another of the 6 answers"),
        (8, "dp_variant.unprotected_quantities", "how many people there are"),
        (8, "deployment_model.model_name_details", "the desk that changes it holds the true"),
        (8, "implementation.post_processing", "with the exact number of people"),
        (8, "implementation.mechanisms", "randomised response"),
        (1, "implementation.post_processing", "noisy sum divided by a noisy number"),
        (1, "implementation.post_processing", "between nought and the largest"),
        (2, "implementation.post_processing", "ends of a quantile's interval"),
        (6, "implementation.post_processing", "left out of a ranking"),
        (6, "implementation.utility", "No published number has a margin."),
        (4, "implementation.utility", "± 11 for the histogram of amount"),
        (2, "implementation.mechanisms", "exponential mechanism (Gumbel noise)"),
    ],
)
def test_a_field_names_what_this_kind_of_release_rests_on(number, path, words) -> None:
    assert words in said(EVERY_KIND[number - 1], path)


def test_a_number_without_noise_is_named_as_unprotected() -> None:
    release = totals()
    bare = replace(release, events=release.events[:1])

    covered = "Every published number carries noise."
    assert said(release, "dp_variant.unprotected_quantities").endswith(covered)
    assert said(bare, "dp_variant.unprotected_quantities").endswith("Without noise: sum_amount.")


def test_the_number_of_people_is_told_only_where_it_was_published_with_noise() -> None:
    path = "privacy_loss.number_of_privacy_units"

    assert said(totals(), path) == "1200"
    assert said(totals(where="amount > 3"), path) == NOT_RECORDED
    assert said(cases.published({"count": "rows"}), path) == NOT_RECORDED
    assert said(EVERY_KIND[0], path) == NOT_RECORDED


def test_a_question_answered_twice_is_many_releases() -> None:
    release = totals()
    again = replace(release, id="release-2")

    assert said(release, "deployment_model.release_type") == "One release"
    both = (release, again)
    assert said(release, "deployment_model.release_type", releases=both) == "Many releases"
    details = said(release, "deployment_model.release_type_details", releases=both)
    assert "answered 2 times" in details


def test_another_version_of_the_data_makes_the_source_dynamic() -> None:
    release = totals()
    second = around_cases.dataset(version=2)

    assert said(release, "deployment_model.data_source_type") == "Static"
    assert said(release, "deployment_model.data_source_type", dataset=second) == "Dynamic"


def test_the_budget_as_it_stands_is_told() -> None:
    release = totals()
    default = around_cases.budget(release, is_decided=False)
    path = "deployment_model.release_type_details"

    assert "ε = 3 at δ = 1e-5 (decided by an officer)" in said(release, path)
    assert "the default, not decided by an officer" in said(release, path, budget=default)
    assert "that comes to ε = " in said(release, "implementation.composition")


def test_a_budget_that_begins_anew_is_told_and_so_are_caps() -> None:
    release = totals()
    anew = around_cases.budget(release, period=Period.YEAR, caps={"a": "1", "b": "2"})

    refresh = said(release, "deployment_model.release_type_details", budget=anew)
    split = said(release, "deployment_model.access_type_details", budget=anew)
    together = said(release, "implementation.composition", budget=anew)
    assert "begins anew every year" in refresh
    assert "for all time" not in refresh
    assert "in the present year, and ε = " in refresh
    assert "in the present year, and ε = " in together
    assert "2 names have a part of the budget as a cap" in split
    assert "No budget is reset" in said(release, "deployment_model.release_type_details")
    assert "not divided" in said(release, "deployment_model.access_type_details")


def test_the_prices_of_every_accountant_are_exported_where_the_record_has_them() -> None:
    release = cases.priced(totals())
    bare = checked(told(totals()))["prices"]

    prices = checked(told(release))["prices"]
    assert bare is None
    assert prices["delta"] == "0.000001"
    assert [quote["accountant"] for quote in prices["quotes"]] == list(Accountant)
    pure, *others = prices["quotes"]
    assert pure == {"accountant": "pure", "reason": "some of the noise has no ε at δ = 0"}
    assert all(0 < Decimal(quote["epsilon"]) <= Decimal("0.51") for quote in others)


def test_an_audit_of_the_desk_is_stamped_with_its_numbers() -> None:
    failed = Check(name="sum", claimed="ε = 2", measured="ε is at least 3", passed=False, draws=0)
    checks = [replace(failed, passed=True, draws=draws) for draws in (1_200, 34)]
    sound = SelfAudit(
        id="audit-1",
        checks=tuple(checks),
        alarm=1e-6,
        libraries={"opendp": "0.16.0"},
        desk_version="0.1.0",
        audited_at=samples.NOW,
        actor="officer",
    )
    stamp, broken = to_stamp(sound), to_stamp(replace(sound, checks=(*checks, failed)))

    assert stamp.passed
    assert (stamp.at, stamp.desk_version) == (samples.NOW, "0.1.0")
    assert stamp.libraries == {"opendp": "0.16.0"}
    assert stamp.says == (
        "2 of 2 checks passed, with 1,234 numbers drawn; sound noise fails one of them with a "
        "chance of 1 in 1,000,000"
    )
    assert not broken.passed
    assert broken.says.startswith("2 of 3 checks passed")
    assert broken.says.endswith("Failed: sum (claimed: ε = 2; seen: ε is at least 3)")


def test_the_trail_entry_and_the_self_audit_are_named() -> None:
    release = totals()
    path = "implementation.additional_information"

    assert "entry 9 of its trail" in said(release, path)
    assert "at least ε = 0.93 of 1 promised was seen" in said(release, path)
    assert "No self-audit is on record." in said(release, path, audit=None)
    assert "entry" not in said(release, path, acts=())


# ---------------------------------------------------------------- who looked at the data before


TUNING = "implementation.preprocessing_and_hyperparameter_tuning"


def test_looks_before_the_release_are_told_with_whether_they_were_paid_for() -> None:
    release = totals()
    acts = (
        around_cases.act(1, "dataset.add"),
        around_cases.act(2, "dataset.discover"),
        around_cases.act(3, "dataset.discover"),
        around_cases.proposed(4, "amount"),
        around_cases.published_act(release),
        around_cases.act(10, "run.finish"),
    )
    words = said(release, TUNING, acts=acts)

    assert "parsed and cleaned all values (1 time)" in words
    assert "compared values with detectors of personal data (2 times)" in words
    assert "charged to the budget: looked for bounds with noise (1 time)" in words
    assert "for contributions and for amount" in words
    assert "federated" not in words


def test_exact_looks_that_help_to_choose_are_told_as_not_charged() -> None:
    release = totals()
    acts = (
        around_cases.act(1, "error.compare"),
        around_cases.act(2, "attack.try"),
        around_cases.proposed(3, "amount"),
        around_cases.published_act(release),
        around_cases.act(12, "error.compare"),
    )
    words = said(release, TUNING, acts=acts)

    assert "Not charged, though it helps to choose bounds and ε: " in words
    assert "compared the whole error of a question on the real rows (1 time)" in words
    assert "tried attacks on exact and on noisy answers (1 time)" in words
    assert "choose ε: " in said(release, TUNING, acts=(acts[1], acts[3]))


def test_where_nothing_tells_it_says_so() -> None:
    words = said(totals(), TUNING)

    assert "Looks with noise, charged to the budget: none." in words
    assert "Previews and the exact table beside them are not acts" in words
    assert "how they were chosen is not recorded" in words


def test_an_act_of_an_unknown_kind_is_told_as_unknown() -> None:
    release = totals()
    acts = (around_cases.act(1, "crystal.gaze"), around_cases.published_act(release))

    assert "kinds that this version does not know: crystal.gaze." in said(
        release, TUNING, acts=acts
    )


def test_cleaning_is_told_by_columns_and_never_by_rows() -> None:
    steps = tuple(
        CleaningStep(step="Blanks cut off", rows_changed=8_888_001, column=ColumnName(name))
        for name in ("a", "b")
    )
    words = said(totals(), TUNING, dataset=around_cases.dataset(cleaning=steps))

    assert "Blanks cut off (2 columns)" in words
    assert "8" not in words.replace("0.5", "")


def test_every_act_of_the_workspace_is_known() -> None:
    """An act that is added must say how it looks at data, or disclosures call it unknown."""
    acts = {
        node.args[0].value
        for path in WORKSPACE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "act"
        and isinstance(node.args[0], ast.Constant)
    }

    may = yaml.safe_load(PERMISSIONS.read_text("utf-8"))["groups"]
    acts |= {act for group in may for act in group["may"] if not act.endswith(".see")}
    known = [row["act"] for row in data("acts.yaml")["acts"]]

    assert len(acts) > 100
    assert acts <= set(known)
    assert len(known) == len(set(known))


def test_each_act_is_told_in_words_of_its_own_in_every_language() -> None:
    acts = [row["act"] for row in data("acts.yaml")["acts"]]

    for language in LANGUAGES:
        with speaking(language):
            said = {translate(does(act)) for act in acts}
            assert len(said) == len(acts)
            assert not said & set(acts)
    with speaking("zh"):
        assert not [words for words in said if words.isascii()]


# ---------------------------------------------------------------- numbers by two ways


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
def test_one_stretch_of_time_costs_its_share_of_the_loss(mechanism: str) -> None:
    question = {
        "by": [{"column": "day", "per": "month"}],
        "public_keys": {"day": ["2026-01"]},
        "mechanism": mechanism,
        "groups": [("2026-01",)],
    }
    period = {"column": "day", "per": "month", "most": 4}
    whole = cases.published({"count": "rows"}, {"median": AMOUNT}, period=period, **question)
    one = price_per_stretch(whole)

    assert one is not None
    assert price_per_stretch(cases.published({"count": "rows"}, **question)) is None
    if mechanism == "gaussian":
        assert one.rho == pytest.approx((whole.price.rho or Decimal(0)) / 4, rel=Decimal("1e-9"))
    else:
        assert float(one.epsilon) == pytest.approx(float(whole.asked.epsilon) / 4, rel=1e-5)


@pytest.mark.parametrize(
    ("rho", "delta", "epsilon"),
    [
        pytest.param("2.56", "1e-10", 17.14, id="Census redistricting, persons"),
        pytest.param("4.96", "1e-10", 26.34, id="Census DHC, persons"),
        pytest.param("0.07", "1e-10", 2.47, id="Census redistricting, housing units"),
    ],
)
def test_rho_is_read_as_others_read_it_or_tighter(rho: str, delta: str, epsilon: float) -> None:
    """The Census Bureau states both; ours may be tighter, or differ in the third digit."""
    ours = float(rho_price(Decimal(rho), Decimal(delta)))

    assert 0.95 * epsilon < ours < 1.002 * epsilon


# ---------------------------------------------------------------- publishable, whatever is typed


@pytest.mark.parametrize("release", EVERY_KIND, ids=lambda r: r.id)
def test_nothing_that_bounding_left_out_is_told(release: Release) -> None:
    text = json.dumps(to_document(told(release)))

    assert not any(number in text for number in ("777001", "555002", "333003", "777,001"))


def test_no_name_of_an_actor_and_no_typed_group_key_is_told() -> None:
    release = replace(EVERY_KIND[0], actor="Xanthippe Quisling")
    acts = (around_cases.act(1, "dataset.add", actor="Xanthippe Quisling"),)
    text = json.dumps(to_document(told(release, around(release, acts=acts))), ensure_ascii=False)

    assert "Xanthippe" not in text
    assert not any(name in text for name in cases.CHINESE)


@given(typed=st.text(max_size=60), number=st.integers(0, len(EVERY_KIND) - 1))
def test_whatever_was_typed_the_document_fits_the_schema(typed: str, number: int) -> None:
    release = EVERY_KIND[number]
    odd = around_cases.described(purpose=typed, data_subjects=typed)
    disclosure = told(release, around(release, dataset=odd, curator=typed))

    document = checked(disclosure)

    basic = document["record"]["deployment"]["basic"]
    assert basic["intended_use"] == (typed.strip() or NOT_RECORDED)


def test_a_release_that_shows_nothing_is_disclosed_too() -> None:
    release = replace(EVERY_KIND[5], values=())

    assert "0 numbers with noise, in 0 groups" in said(release, "basic.description")
    assert checked(told(release))["hazard_counts"]["exposed"] >= 0


def test_a_disclosure_can_be_read_back_without_loss() -> None:
    disclosure = told(totals())

    assert from_plain(Disclosure, json.loads(json.dumps(to_plain(disclosure)))) == disclosure


def test_the_same_release_and_surroundings_give_the_same_disclosure() -> None:
    assert told(totals()) == told(totals())


def test_greek_letters_keep_their_case_at_the_start_of_a_sentence() -> None:
    assert [sentence(text) for text in ("ε = 1", "δ is 0", "no noise.")] == [
        *("ε = 1.", "δ is 0.", "No noise."),
    ]


def test_the_moment_of_the_disclosure_is_that_of_its_surroundings() -> None:
    assert told(totals()).at == samples.NOW
