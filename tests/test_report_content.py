"""What each section of the report says, before it is typeset."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
import report_samples as samples
from report_hostile import hostile

from compliance.federated.nouns import Baselines
from compliance.privacy.nouns import (
    CapState,
    GaussianEvent,
    LaplaceEvent,
    Period,
    Price,
    SampledGaussianEvent,
)
from compliance.privacy.nouns.question import Mechanism
from compliance.report import build
from compliance.report.building import to_content
from compliance.report.nouns import Evidence, ReportKind
from compliance.report.sections.events import in_words
from compliance.report.sections.guarantees import attacker_percent, to_guarantee

NBSP = "\N{NO-BREAK SPACE}"


def _content(evidence: Evidence) -> dict:
    return to_content(ReportKind.AUDIT, evidence)


def _facts(facts: list[dict]) -> dict[str, str]:
    return {fact["name"]: fact["value"].replace(NBSP, " ") for fact in facts}


@pytest.mark.parametrize(
    ("epsilon", "percent"),
    [("0.0000001", 50.1), ("1", 73.2), ("2", 88.1), ("5", 99.4), ("100", 100.0)],
)
def test_attacker_is_at_most_as_sure_as_bayes_allows(epsilon, percent):
    assert attacker_percent(Decimal(epsilon)) == percent


def test_release_says_what_its_guarantee_rests_on():
    release = _content(samples.retail())["releases"]["groups"][0]["items"][0]
    facts = _facts(release["facts"] + release["privacy"])

    assert facts["Unit of privacy"].startswith("one person, as told apart by the column CustomerID")
    assert "at most 2 groups, with at most 10 rows per group" in facts["Contribution bounds"]
    assert "above 34, which fails with probability at most δ = 5e-7" in facts["Group keys"]
    assert facts["Asked"] == "ε = 1, δ = 1e-6"
    assert facts["Costs on its own"] == "ε = 0.9988, δ = 1e-6 (ρ = 0.01794 under zCDP)"
    assert facts["Noise drawn by"] == "numpy 2.4.6, opendp 0.16.0"
    assert "at most 73.1 % sure" in release["meaning"]
    assert release["asked"].endswith("for each value of Country, only rows where Quantity > 0.")
    assert release["values"]["columns"][2]["title"] == "±\N{NO-BREAK SPACE}(95\N{NO-BREAK SPACE}%)"


def test_what_bounding_left_out_is_told_apart_from_what_was_published():
    release = _content(samples.retail())["releases"]["groups"][0]["items"][0]
    dropped = _facts(release["dropped"])
    public = json.dumps({key: value for key, value in release.items() if key != "dropped"})

    assert dropped["Rows left out"] == "214,553 rows, for any reason"
    assert dropped["Cut by the bounds"] == "1,911 people, of whom not every row counts"
    assert dropped["Rows that name no person"] == "135,080 rows"
    assert not any(number in public for number in ("214,553", "1,911", "135,080"))


@pytest.mark.parametrize(
    ("mechanism", "rho", "says"),
    [
        pytest.param(Mechanism.GAUSSIAN, "0.018", " (ρ = 0.018 under zCDP)", id="ρ where it is"),
        pytest.param(Mechanism.GAUSSIAN, None, "", id="no word of ρ where a threshold adds δ"),
        pytest.param(Mechanism.LAPLACE, None, "", id="no word of ρ under pure ε"),
    ],
)
def test_price_names_rho_only_where_there_is_one(mechanism, rho, says):
    evidence = samples.retail()
    release = evidence.datasets[0].releases[0]
    query = replace(release.query, mechanism=mechanism)
    price = replace(release.price, rho=Decimal(rho) if rho else None)

    facts = _facts(to_guarantee(replace(release, query=query, price=price)))

    assert facts["Costs on its own"] == f"ε = 0.9988, δ = 1e-6{says}"
    assert ("zCDP" in facts["Mechanism"]) is (mechanism is Mechanism.GAUSSIAN)


def test_releases_stand_oldest_first_and_in_one_overview():
    evidence = samples.retail()
    alone = evidence.datasets[0]
    later = replace(alone.releases[0], id="later", released_at=samples.NOW)
    both = replace(evidence, datasets=(replace(alone, releases=(later, *alone.releases)),))

    releases = _content(both)["releases"]

    titles = [item["title"] for item in releases["groups"][0]["items"]]
    assert [title.split(":")[0] for title in titles] == ["Release 1", "Release 2"]
    assert _facts(releases["groups"][0]["items"][1]["facts"])["Reference"] == "later"
    first = releases["overview"]["rows"][0]
    assert first[0] == "1"
    assert first[2].replace(NBSP, " ") == "2 groups, 10 rows in each"
    assert first[4:] == ["38", "0.9988", "1e-6"]


def test_many_statistics_go_below_one_another():
    four = _hostile_release(7)["values"]

    assert [column["title"] for column in four["columns"]][1:3] == ["Statistic", "Value"]
    assert len(four["rows"]) == 4 * 12


def test_values_without_number_or_margin_say_so():
    rows = _hostile_release(2)["values"]["rows"]

    assert any(row[-2:] == ["no number", "not known"] for row in rows)


def _hostile_release(number: int) -> dict:
    items = _content(hostile())["releases"]["groups"][0]["items"]
    (found,) = [i for i in items if _facts(i["facts"])["Reference"] == f"release-{number}"]
    return found


def test_label_says_class_confidence_and_who_stands_behind_it():
    table_ = _content(samples.retail())["datasets"]["items"][0]["personal"]
    row = next(row for row in table_["rows"] if row[0]["text"] == "CustomerID")

    assert row[0]["below"] == "text, 135,080 missing"
    assert row[1:4] == ["customer id", "direct identifier", f"93{NBSP}%"]
    assert (row[4]["text"], row[4]["below"]) == ("an officer", "confirmed")
    assert row[5] == "The header names it. 98 % of values have its form."


def test_special_categories_are_set_off():
    rows = _content(hostile())["datasets"]["items"][0]["personal"]["rows"]
    marked = [row for row in rows if isinstance(row[2], dict) and row[2]["below_tone"] == "warn"]

    assert len(marked) == 41
    assert all("Art. 9" in row[2]["below"] for row in marked)


def test_missing_description_is_flagged():
    described = _content(samples.retail())["datasets"]["items"][0]["described"]
    flagged = {fact["name"] for fact in described if fact["missing"]}

    assert flagged == {"Kept for (GDPR Art. 5(1)(e))"}
    assert _facts(described)["Kept for (GDPR Art. 5(1)(e))"] == "not recorded"


def test_special_categories_ask_for_their_condition():
    plain = _content(samples.retail())["datasets"]["items"][0]["described"]
    special = _content(hostile())["datasets"]["items"][0]["described"]

    assert "Condition (GDPR Art. 9(2))" not in _facts(plain)
    assert _facts(special)["Condition (GDPR Art. 9(2))"] == "not recorded"


def test_columns_without_verdict_are_listed_as_not_examined():
    others = _content(hostile())["datasets"]["items"][0]["others"]

    assert [group["says"].split(" (")[0] for group in others] == [
        "Judged not personal",
        "Not examined",
    ]
    assert len(others[1]["names"]) == 28


def test_a_budget_that_begins_anew_says_so_with_the_loss_since_the_beginning_and_caps():
    evidence = samples.retail()
    price = Price(epsilon=Decimal("2.40001"), delta=Decimal("3e-5"))
    cap = CapState(actor="anna", epsilon=Decimal("0.5"), spent=price, left=Decimal(0))
    budget = replace(
        evidence.budgets[0],
        period=Period.YEAR,
        starts=datetime(2026, 1, 1, tzinfo=UTC),
        ends=datetime(2027, 1, 1, tzinfo=UTC),
        since_beginning=price,
        caps=(cap,),
    )

    plain = _facts(_content(evidence)["budgets"][0]["facts"])
    facts = _facts(_content(replace(evidence, budgets=(budget,)))["budgets"][0]["facts"])

    assert facts.keys() - plain.keys() == {
        "Present year",
        "Spent in the present year",
        "Share spent in the present year",
        "Spent over all periods",
        "Caps of single names",
    }
    assert facts["Present year"] == "1 January 2026 to 31 December 2026 (UTC); then it begins anew"
    assert facts["Spent over all periods"].startswith("ε = 2.4")
    assert facts["Caps of single names"].startswith("anna: ε = 2.4")


def test_budget_rounds_what_is_left_down_and_what_is_spent_up():
    facts = _facts(_content(samples.retail())["budgets"][0]["facts"])

    assert facts["Spent"] == "ε = 1.215 at δ = 1e-5 (ρ = 0.0179 under zCDP)"
    assert facts["Left for one more release"] == "at most ε = 1.772 at this δ"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            LaplaceEvent(statistic="count_rows", sensitivity=3, scale=2.5),
            "Laplace noise on the number of rows: scale 2.5",
        ),
        (
            SampledGaussianEvent(sampling_rate=0.01, noise_multiplier=1.1, rounds=5),
            (
                "Gaussian noise on model updates, 1.1 times what one protected unit can change, "
                "in 5 rounds; each in a round with probability 0.01"
            ),
        ),
        (
            SampledGaussianEvent(sampling_rate=1.0, noise_multiplier=1.1, rounds=1),
            (
                "Gaussian noise on model updates, 1.1 times what one protected unit can change, "
                "in 1 round; all in each"
            ),
        ),
        (
            GaussianEvent(statistic="keys", sensitivity_squared=1, scale=9.5),
            "Gaussian noise on the number of people per group: standard deviation 9.5",
        ),
        (
            LaplaceEvent(statistic="mean_Unit_Price:present_rows", sensitivity=3, scale=2.5),
            "Laplace noise on the mean of Unit_Price: number of values: scale 2.5",
        ),
        (
            LaplaceEvent(statistic="sum_a:b:value", sensitivity=3, scale=2.5),
            "Laplace noise on the sum of a:b: scale 2.5",
        ),
    ],
    ids=[
        "Laplace",
        "sampled Gaussian",
        "Gaussian of all",
        "keys",
        "part of a mean",
        "a name with a colon",
    ],
)
def test_ledger_says_what_was_done(event, words):
    assert in_words(event).replace(NBSP, " ") == words


def test_run_compares_with_centralised_and_local():
    run = _content(samples.retail())["runs"][0]

    assert run["comparison_says"] == (
        "Federated learning reached 0.012 less AUC than the centralised model and 0.046 more AUC "
        "than the local ones."
    )
    assert [row[-1] for row in run["comparison"]["rows"]] == ["0.879", "0.891", "0.833"]
    assert run["title"] == "Run 1: Revenue across Region, without noise (online retail)"
    assert run["has_noise"] is False
    assert len(run["curves"]["panels"][0]["series"]) == 3
    assert run["home"].replace(NBSP, " ").startswith("Rows of 5.1 MB stayed at their sites.")


def test_run_with_noise_says_what_it_spent():
    run = _runs(samples.noisy_run(samples.retail().datasets[0].dataset))[0]

    assert run["has_noise"] is True
    assert _facts(run["privacy"])["Spent by this run"] == "ε = 1.698 at δ = 1e-5"
    assert "5 % chance of each person" in _facts(run["plan"])["Server"]
    assert "The other two were trained without noise." in run["comparison_says"]
    assert _facts(run["privacy"])["Paid from the budget of"] == "customers of the web shop"
    assert _facts(run["privacy"])["Unit of privacy"].startswith("one person")
    assert _facts(run["privacy"])["Contribution bounds"].endswith("at most 20 rows")


def test_a_run_without_a_column_of_people_claims_protection_of_rows_only():
    noisy = samples.noisy_run(samples.retail().datasets[0].dataset)
    run = _runs(replace(noisy, outcome=replace(noisy.outcome, unit_is_row=True)))[0]

    unit = next(fact for fact in run["privacy"] if fact["name"] == "Unit of privacy")
    assert unit["value"].startswith("one row: no column tells people apart")
    assert unit["missing"]


def test_run_says_how_many_rows_it_left_out_and_why():
    run = _content(samples.retail())["runs"][0]

    assert _facts(run["dropped"])["Rows left out"] == (
        "43 rows: 12 because they hold no answer and 31 because their site is too small"
    )
    assert _facts(run["facts"])["Sites"] == (
        "9 took part, 2 left out because they hold fewer than 20 records"
    )


def test_each_site_has_its_bytes_sent_and_received_beside_those_that_stayed():
    sites = _content(samples.retail())["runs"][0]["sites"]
    titles = [column["title"] for column in sites["columns"]]
    first = dict(zip(titles, sites["rows"][0], strict=True))

    assert {name: first[name].replace(NBSP, " ") for name in ("Sent", "Received")} == {
        "Sent": "4.8 kB",
        "Received": "4.8 kB",
    }
    assert first["Stayed home"].replace(NBSP, " ") == "158.3 kB"


def test_ledger_names_the_release_that_it_paid_for():
    evidence = samples.retail()
    spend = msgspec.structs.replace(evidence.budgets[0].spends[0], purpose="release-7")
    budget = replace(evidence.budgets[0], spends=(spend,))

    row = _content(replace(evidence, budgets=(budget,)))["budgets"][0]["ledger"]["rows"][0]

    assert row[1]["text"] == "Number of people and sum of UnitPrice by Country"
    assert row[1]["below"] == "release-7"


def test_stopped_run_is_not_assessed():
    done = samples.run(samples.retail().datasets[0].dataset)
    stopped = replace(done, outcome=replace(done.outcome, baselines=None, is_stopped=True))
    run = _runs(stopped)[0]

    assert "not assessed" in run["comparison_says"]
    assert run["comparison"]["rows"][1][-1] == "not assessed"
    assert "stopped early" in _facts(run["facts"])["Rounds"]


def test_numbers_that_are_none_do_not_break_a_run():
    done = samples.run(samples.retail().datasets[0].dataset)
    baselines = Baselines(centralised=math.nan, local=0.8)
    sites = tuple(replace(s, metric_local=math.nan) for s in done.outcome.sites)
    odd = replace(done, outcome=replace(done.outcome, baselines=baselines, sites=sites))

    assert _runs(odd)[0]["comparison"]["rows"][1][-1] == "no number"
    assert build(ReportKind.AUDIT, _with_run(odd)).pages > 5


def _with_run(run) -> Evidence:
    evidence = samples.retail()
    return replace(evidence, datasets=(replace(evidence.datasets[0], runs=(run,)),))


def _runs(run) -> list[dict]:
    return _content(_with_run(run))["runs"]
