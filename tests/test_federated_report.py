"""The report on one federated run: what it claims, what it refuses to claim, what is inside."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import federated_report_cases as cases
import pytest
import report_samples as samples
from report_hostile import HOSTILE
from report_pages import Built, attachments, built, built_sample, readable, squeezed

from compliance.federated import from_plan, to_plan
from compliance.federated.nouns import (
    Baselines,
    Metric,
    ModelKind,
    NoisePlan,
    Outcome,
    Plan,
    Poison,
    Round,
    Sent,
    SiteResult,
    Split,
    Strategy,
    Task,
    Trouble,
)
from compliance.plain import from_yaml, to_yaml
from compliance.privacy.nouns import NoisePlace, PrivacyUnitKind, SpendState
from compliance.report import build
from compliance.report.building import to_content
from compliance.report.nouns import FederatedEvidence, ReportKind
from compliance.report.sections.fairness import spread_of, to_fairness
from compliance.report.sections.plans import bounds_in_words, to_plan_facts, unit_in_words
from compliance.report.sections.rounds import MOST_ROUNDS_PRINTED, printed
from compliance.report.sections.travelled import to_travelled
from compliance.trail.nouns import Verification

GOLDEN = Path(__file__).parent / "golden" / "federated_report.txt"
NBSP = "\N{NO-BREAK SPACE}"
SECTIONS = (
    *("Summary", "What was learnt", "How good the model is", "Round by round"),
    *("What left the sites", "Site by site", "What protects the people"),
    *("What is covered, and what is not", "How to run it again", "Traceability", "Glossary"),
)


@pytest.fixture
def noisy() -> Built:
    return built_sample("noisy run")


def content(of: FederatedEvidence) -> dict:
    return to_content(ReportKind.FEDERATED, of)


def facts(listed: list[dict]) -> dict[str, str]:
    return {each["name"]: each["value"].replace(NBSP, " ") for each in listed}


def texts(table: dict, column: int) -> list[str]:
    cells = [row[column] for row in table["rows"]]
    return [cell if isinstance(cell, str) else cell["text"] for cell in cells]


def verdict(of: FederatedEvidence) -> tuple[str, str]:
    found = content(of)["summary"]["verdict"]
    return found["tone"], found["says"].replace(NBSP, " ")


# ---------------------------------------------------------------- the whole


def test_the_report_reads_as_agreed(noisy):
    """The text of every page against `golden/federated_report.txt`, a form feed after each page.

    When a change is meant, run with the environment variable GOLDEN=write, and read the
    difference.
    """
    text = readable(noisy.pages)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")

    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["run", "noisy run", "forecast", "stopped run", "hostile run"])
def test_every_section_is_there(name):
    report = built_sample(name)

    for number, section in enumerate(SECTIONS, start=1):
        assert f"\n{number} {section}\n" in report.running_text


def test_the_same_evidence_gives_the_same_bytes(noisy):
    assert build(ReportKind.FEDERATED, cases.noisy()).pdf == noisy.document.pdf


def test_evidence_of_another_kind_is_a_slip():
    with pytest.raises(TypeError, match="no evidence for a report of kind federated"):
        build(ReportKind.FEDERATED, samples.retail())
    with pytest.raises(TypeError, match="no evidence for a report of kind audit"):
        build(ReportKind.AUDIT, cases.evidence())


def test_hostile_names_come_out_literally():
    report = built_sample("hostile run")
    text = squeezed(report.text)

    assert [name for name in HOSTILE if squeezed(name) not in text] == []
    attached = json.loads(attachments(report.document)["evidence.json"])
    assert len(attached["run"]["outcome"]["sites"]) == 260
    assert attached["run"]["outcome"]["sites"][1]["site"] == "x" * 57 + "001"


def test_the_plan_inside_is_the_plan_that_was_run(noisy):
    inside = attachments(noisy.document)["plan.yaml"]

    assert to_plan(from_yaml(inside, ValueError)) == noisy.evidence.run.plan


# ---------------------------------------------------------------- plans


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(site_column="Region", target="Revenue"), id="plain"),
        pytest.param(Plan(site_column="12", target="2010", features=("1", "b: c")), id="odd names"),
        pytest.param(
            Plan(
                task=Task.FORECAST,
                model=ModelKind.MLP,
                split=Split.SHARDS,
                site_count=9,
                hidden=(3, 4),
                trouble=Trouble(dropout=0.3, poisoned=2, poison=Poison.NOISE),
                baselines=False,
                secure=True,
                strategy=Strategy.FEDADAM,
                server_rate=0.01,
            ),
            id="no target, made-up sites",
        ),
        pytest.param(
            Plan(
                site_column="Region",
                target="Revenue",
                fraction=1.0,
                server_rate=1.0,
                privacy=NoisePlan(
                    noise_multiplier=0.7,
                    delta=Decimal("1e-9"),
                    unit=PrivacyUnitKind.DEVICE,
                    column="phone",
                    place=NoisePlace.SITE,
                    quantile=0.5,
                ),
            ),
            id="noise, against its defaults",
        ),
        pytest.param(
            Plan(
                site_column="Region",
                target="Revenue",
                strategy=Strategy.FEDADAM,
                server_rate=1.0,
            ),
            id="a rate against that of its strategy",
        ),
    ],
)
def test_a_plan_written_down_is_read_as_the_same_plan(plan: Plan) -> None:
    assert to_plan(from_yaml(to_yaml(from_plan(plan)).encode(), ValueError)) == plan


@pytest.mark.parametrize("model", list(ModelKind))
@pytest.mark.parametrize("strategy", list(Strategy))
def test_every_model_and_strategy_is_told_in_words(model: ModelKind, strategy: Strategy) -> None:
    plan = Plan(site_column="Region", target="Revenue", model=model, strategy=strategy)

    said = facts(to_plan_facts(plan, cases.run().outcome))["Model and strategy"]

    assert said.count(", ") >= 1
    assert "_" not in said


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        pytest.param(
            {"task": Task.RECOMMEND, "target": None, "model": ModelKind.MATRIX_FACTORISATION},
            "Question",
            "buys next",
            id="task",
        ),
        pytest.param({"model": ModelKind.LINEAR}, "Question", "how large Revenue is", id="number"),
        pytest.param(
            {"model": ModelKind.MLP, "hidden": (8, 4)},
            "Model and strategy",
            "neural network with 2 hidden layers of 8 and 4",
            id="network",
        ),
        pytest.param(
            {"model": ModelKind.TREES}, "Training", "one tree per round, level by level", id="trees"
        ),
        pytest.param(
            {"strategy": Strategy.FEDSGD}, "Training", "one step per round over all rows", id="sgd"
        ),
        pytest.param(
            {"strategy": Strategy.KRUM, "tolerated": 0.3},
            "Model and strategy",
            "(Krum), 30 % tolerated",
            id="krum",
        ),
        pytest.param(
            {"site_column": None, "split": Split.IID, "site_count": 50},
            "Sites",
            "50 made up: people come to them by chance",
            id="made-up sites",
        ),
        pytest.param(
            {"trouble": Trouble(poisoned=1, poison=Poison.FLIP)},
            "Wrong on purpose",
            "1 site poisoned on purpose: ten times their update, backwards",
            id="poison",
        ),
        pytest.param({"secure": True}, "Server", "it sees the sum alone", id="masks"),
    ],
)
def test_a_plan_is_told_in_words(changes, name, says):
    plan = replace(cases.run().plan, **changes)

    assert says in facts(to_plan_facts(plan, cases.run().outcome))[name]


# ---------------------------------------------------------------- the verdict


@pytest.mark.parametrize(
    ("given", "tone", "says"),
    [
        pytest.param(cases.evidence(), "warn", "no noise protects anybody", id="no noise"),
        pytest.param(
            replace(cases.noisy(), prices=cases.prices("1.1", "0.9")),
            "good",
            "Noise hides whether one person was learnt from: ε = 0.9 at δ = 1e-5.",
            id="strong",
        ),
        pytest.param(cases.noisy(), "calm", "one person was learnt from: ε = 1.512", id="usual"),
        pytest.param(
            replace(cases.noisy(), prices=cases.prices("14", "12.5")),
            "warn",
            "it hides little: ε = 12.5",
            id="weak",
        ),
        pytest.param(
            cases.noisy(NoisePlan(noise_multiplier=1.2, unit=PrivacyUnitKind.ROW)),
            "warn",
            "hides single rows, not people",
            id="rows, as asked",
        ),
        pytest.param(
            replace(cases.noisy(), spend=None, prices=None), "bad", "does not vouch", id="unpaid"
        ),
        pytest.param(
            replace(
                cases.noisy(),
                trail=Verification(entries=3, root="", head="", problems=("Entry 2 was changed.",)),
            ),
            "bad",
            "The trail is not whole; see section 10.",
            id="broken trail",
        ),
    ],
)
def test_the_verdict_never_claims_more_than_the_theorem(given, tone, says):
    found = verdict(given)

    assert found[0] == tone
    assert says in found[1]


def test_rows_in_place_of_people_are_called_rows():
    done = cases.noisy_run()
    as_rows = replace(done, outcome=replace(done.outcome, unit_is_row=True))

    shown = content(cases.evidence(as_rows))

    assert shown["summary"]["verdict"]["tone"] == "warn"
    assert "attacker who starts from 50 % on whether one row is" in shown["theorem"]["meaning"]
    assert any("Name the column that tells people apart" in s for s in shown["summary"]["next"])


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (Task.RESPONSE, "each row counts at one site only, with at most 1 row"),
        (Task.FORECAST, "each row counts at one site only, with at most 20 examples"),
    ],
)
def test_how_much_of_a_row_counts_is_said_of_the_row(task, words):
    target = "Revenue" if task is Task.RESPONSE else None
    done = cases.noisy_run(task=task, target=target)

    said = bounds_in_words(done.plan, replace(done.outcome, unit_is_row=True))

    assert said.replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("task", "metric", "words"),
    [
        (Task.RESPONSE, Metric.AUC, "Without a model: guessing"),
        (Task.RESPONSE, Metric.R2, "Without a model: the mean"),
        (Task.PROFILE, Metric.ACCURACY, "Without a model: the most frequent answer"),
        (Task.RECOMMEND, Metric.HIT_RATE, "Without a model: the best sellers"),
        (Task.FORECAST, Metric.R2, "Without a model: the last period again"),
    ],
)
def test_a_model_is_held_against_what_can_be_said_without_one(task, metric, words):
    target = "Revenue" if task is Task.RESPONSE else None
    done = cases.run(metric=metric, baselines=Baselines(centralised=0.9, local=0.8, naive=0.25))
    done = replace(done, plan=replace(done.plan, task=task, target=target))

    shown = content(cases.evidence(done))

    assert shown["comparison"]["rows"][-1] == [words, "no", "0.250"]
    assert "without a model" not in shown["comparison_says"]
    assert not any("Do not use this model" in step for step in shown["summary"]["next"])


def test_a_model_that_tells_nothing_is_not_to_be_used():
    done = cases.run(baselines=Baselines(centralised=0.9, local=0.8, naive=0.999))

    shown = content(cases.evidence(done))

    assert shown["comparison_says"].endswith("no more than can be said without a model.")
    assert any("Do not use this model" in step for step in shown["summary"]["next"])


def test_examples_of_a_forecast_are_not_called_rows():
    whose = facts(content(cases.forecast())["summary"]["words"])["From whose rows"]

    assert "examples made of the rows of" in whose
    assert "those of the last 90 days held out" in whose


def test_sites_that_are_the_unit_are_sites_whether_or_not_people_can_be_told_apart():
    done = cases.noisy_run(NoisePlan(noise_multiplier=1.2, unit=PrivacyUnitKind.SITE))
    as_sites = replace(done, outcome=replace(done.outcome, unit_is_row=True))

    assert unit_in_words(as_sites.plan, as_sites.outcome).startswith("one site: adding")
    assert content(cases.evidence(as_sites))["summary"]["verdict"]["tone"] == "calm"


def test_a_price_that_counts_on_sampling_where_none_holds_is_called_wrong():
    """Whoever adds the own noise is seen sending it, so no chance may be counted on."""
    local = cases.noisy(NoisePlan(noise_multiplier=1.2, place=NoisePlace.LOCAL))
    (event,) = local.spend.events
    wrong = replace(
        local, spend=cases.spent_by(local.run, events=(type(event)(
            sampling_rate=0.05, noise_multiplier=1.2, rounds=30),))
    )  # fmt: skip

    assert verdict(local)[0] == "calm"
    assert verdict(wrong) == ("bad", "The price counts on sampling that does not hold here.")
    assert "not so" in json.dumps(content(wrong)["theorem"]["assumptions"], ensure_ascii=False)


# ---------------------------------------------------------------- theorem and prices


@pytest.mark.parametrize(
    ("place", "statement", "reads", "covered"),
    [
        (NoisePlace.CENTRAL, "is added to the sum", "without noise; it is trusted", "not covered"),
        (NoisePlace.SITE, "its site adds Gaussian noise", "it need not be trusted", "covered"),
        (NoisePlace.LOCAL, "with Gaussian noise of its own", "it need not be trusted", "covered"),
    ],
)
def test_the_theorem_is_that_of_whoever_adds_the_noise(place, statement, reads, covered):
    shown = content(cases.noisy(NoisePlan(noise_multiplier=1.2, place=place)))

    assert statement in shown["theorem"]["statement"]
    assert shown["theorem"]["source"]
    assert reads in facts(shown["travelled"]["facts"])["The server can read"]
    sent = dict(zip(texts(shown["coverage"], 0), texts(shown["coverage"], 1), strict=True))
    assert sent["What the sites send"] == covered
    assert sent["The models"] == "covered"


def test_each_assumption_stands_with_where_it_is_enforced_and_what_the_record_says():
    table = content(cases.noisy())["theorem"]["assumptions"]
    root = Path(__file__).resolve().parent.parent

    assert len(table["rows"]) == 9
    for where in texts(table, 1):
        place = where.split(",")[0].split(" and ")[0]
        assert (root / place).is_file()
        for name in where.split(", ")[1:]:
            word = name.split(";")[0]
            if word.isidentifier():
                assert f"def {word}(" in (root / place).read_text("utf-8")
    in_run = " ".join(texts(table, 2)).replace(NBSP, " ")
    for words in (
        *("with probability 0.05", "clip 1, steps of its 2^20th part", "12 rows left out for it"),
        *("standard deviation 1.2·C = 1.2", "4,321 persons times 0.05", "settled: Gaussian noise"),
    ):
        assert words in in_run


def test_noise_of_persons_counts_half_because_a_message_can_change_by_two_clips():
    local = cases.noisy(NoisePlan(noise_multiplier=1.5, clip=0.5, place=NoisePlace.LOCAL))

    shown = content(local)["theorem"]

    assert "standard deviation 1.5·C = 0.75 in every number" in texts(shown["assumptions"], 2)
    assert "from N(2, z²)" in shown["statement"]
    assert "0.75 times what one protected unit can change" in texts(shown["assumptions"], 2)[-1]


def test_keys_and_shares_of_masks_may_differ_in_length():
    keys = Sent(name="keys for masks", shape=(64,), is_up=True, bytes=64, copies=9)
    honest = cases.run().outcome.rounds[-1].sent
    check = to_travelled(cases.run().plan, _rounds(sent=(*honest, keys)))["check"]

    assert check["tone"] == "good"
    assert "keys and shares of masks aside" in check["says"]


def test_rdp_while_it_ran_and_pld_on_the_finished_run_stand_side_by_side():
    table = content(cases.noisy())["theorem"]["prices"]

    assert texts(table, 2) == ["1.698", "1.695", "1.512"]
    assert texts(table, 3) == ["1e-5"] * 3


def test_a_reservation_that_was_never_settled_is_set_off():
    open_ = replace(
        cases.noisy(), spend=cases.spent_by(cases.noisy_run(), state=SpendState.RESERVED)
    )

    last = content(open_)["theorem"]["assumptions"]["rows"][-1][2]

    assert last["text"] == "reserved"
    assert last["below_tone"] == "warn"


def test_a_run_that_goes_on_from_another_says_who_paid_for_the_rounds_before():
    again = replace(cases.noisy(), facts={"resumed_after": 12})

    assert (
        "the 12 rounds before were paid for by"
        in texts(content(again)["theorem"]["assumptions"], 2)[-1]
    )


def test_those_whom_the_run_was_not_made_for_have_a_number_or_a_reason():
    shown = content(cases.noisy())["theorem"]
    alone = content(replace(cases.noisy(), others=()))["theorem"]

    assert texts(shown["others"], 0) == ["one row", "one site"]
    assert texts(shown["others"], 2) == ["1.512", "–"]
    assert alone["others"] is None


def test_a_group_says_as_how_many_it_counts():
    site = cases.protection(PrivacyUnitKind.SITE, 3_000, "44.1", "As many.")

    table = content(replace(cases.noisy(), others=(site,)))["theorem"]["others"]

    assert table["rows"] == [["one site", "up to 3,000", "44.1", "As many."]]


def test_without_noise_no_theorem_is_stated():
    shown = content(cases.evidence())

    assert shown["theorem"] is None
    assert shown["budget"] is None
    assert texts(shown["coverage"], 1) == ["not covered"] * 8
    plain = built_sample("run").text
    assert "mechanism" not in plain.lower().replace("mechanisms", "")
    assert "that record can be computed exactly" in squeezed_to_one_line(plain)


def squeezed_to_one_line(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- rounds


def test_all_rounds_are_printed_where_they_are_few_and_both_ends_where_they_are_many():
    few = tuple(samples._round(n) for n in range(1, MOST_ROUNDS_PRINTED + 1))
    many = tuple(samples._round(n) for n in range(1, 1001))

    assert printed(few) == few
    shown = [r.round for r in printed(many)]
    assert len(shown) <= MOST_ROUNDS_PRINTED
    assert shown == sorted(set(shown))
    assert shown[:10] == list(range(1, 11))
    assert shown[-10:] == list(range(991, 1001))


def test_what_went_wrong_in_a_round_stands_in_its_line():
    table = content(cases.forecast())["rounds"]["table"]

    rows = {row[0]: row[-1].replace(NBSP, " ") for row in table["rows"]}
    assert rows["7"] == "1 silent, 1 slow, round is void"
    assert rows["10"] == "1 silent, 1 refused"
    assert "in the attached evidence.json" in content(cases.forecast())["rounds"]["left_says"]


def test_a_clip_that_moves_has_its_column_and_one_that_stays_has_none():
    done = cases.noisy_run(NoisePlan(noise_multiplier=1.2, quantile=0.5))
    moving = tuple(replace(r, clip=1 / r.round) for r in done.outcome.rounds)
    moved = cases.evidence(replace(done, outcome=replace(done.outcome, rounds=moving)))

    titles = [c["title"] for c in content(moved)["rounds"]["table"]["columns"]]
    fixed = [c["title"] for c in content(cases.noisy())["rounds"]["table"]["columns"]]

    assert "Clip" in titles
    assert "Clip" not in fixed
    assert "0.03333 in the last round" in facts(content(moved)["theorem"]["facts"])["Clip C"]
    assert "follows a quantile" in content(moved)["theorem"]["adaptive"]


# ---------------------------------------------------------------- what left the sites


def _rounds(**change: object) -> Outcome:
    outcome = cases.run().outcome
    last = replace(outcome.rounds[-1], **change)
    return replace(outcome, rounds=(*outcome.rounds[:-1], last))


def test_what_travelled_is_added_up_name_by_name():
    shown = to_travelled(cases.run().plan, cases.run().outcome)

    assert [[cell.replace(NBSP, " ") for cell in row] for row in shown["table"]["rows"]] == [
        ["from the sites", "weights", "1 × 20", "20", "160 bytes", "270", "43.2 kB"],
        ["to the sites", "weights", "1 × 20", "20", "160 bytes", "270", "43.2 kB"],
    ]
    assert shown["check"]["tone"] == "good"
    assert facts(shown["facts"])["Against centralising"] == (
        "the sites sent 118 times fewer bytes than all rows have"
    )


def test_a_message_of_another_shape_is_noticed():
    """The attack: in one round a site sends as many numbers as it has rows."""
    honest = cases.run().outcome.rounds[-1].sent
    odd = (*honest, replace(honest[-1], shape=(3_324, 20), bytes=8 * 3_324 * 20, copies=1))

    check = to_travelled(cases.run().plan, _rounds(sent=odd))["check"]

    assert check == {
        "tone": "warn",
        "says": "Not every round sent the same names and shapes; see evidence.json.",
    }


def test_a_row_that_can_be_read_off_makes_the_verdict_bad():
    """One site has a single record, and the server computed it in the last round."""
    looked = tuple(replace(r, readable=0) for r in cases.run().outcome.rounds)
    read = (*looked[:-1], replace(looked[-1], readable=2))
    told = [
        content(
            cases.evidence(replace(cases.run(), outcome=replace(cases.run().outcome, rounds=r)))
        )
        for r in (looked, read)
    ]

    none, some = (facts(shown["travelled"]["facts"])["Rows read off it"] for shown in told)
    assert none == "none, in all 30 rounds looked at"
    assert some == "a row of up to 2 sites, in 1 of 30 rounds looked at"
    assert [shown["summary"]["verdict"]["tone"] for shown in told] == ["warn", "bad"]
    words = facts(told[1]["summary"]["words"])["What left them"]
    assert words.endswith("a row of 2 sites could be read off it (section 5)")
    assert told[1]["rounds"]["table"]["rows"][-1][-1] == "2 readable"


def test_a_round_that_says_nothing_of_what_travelled_is_not_vouched_for():
    silent = to_travelled(cases.run().plan, _rounds(sent=()))
    old = samples.run(samples.retail().datasets[0].dataset)

    assert silent["check"]["tone"] == "warn"
    assert to_travelled(old.plan, old.outcome)["check"]["says"].startswith("What travelled was not")


# ---------------------------------------------------------------- sites


def _site(name: str, common: float | None, alone: float | None = None) -> SiteResult:
    plain = cases.run().outcome.sites[0]
    return replace(plain, site=name, metric_federated=common, metric_local=alone)


def _with_sites(*sites: SiteResult) -> Outcome:
    return replace(cases.run().outcome, sites=sites)


def test_the_worst_tenth_is_the_mean_of_the_lowest_sites():
    sites = [_site(f"S{n}", n / 100) for n in range(1, 26)]

    spread = spread_of(_with_sites(*sites))

    assert spread.sites_in_tenth == 3
    assert spread.worst_tenth == pytest.approx(0.02)
    assert (spread.worst.site, spread.best.site) == ("S1", "S25")
    assert spread.deviation == pytest.approx(math.sqrt((25**2 - 1) / 12) / 100)


def test_who_gains_and_who_loses_is_told():
    outcome = _with_sites(
        _site("A", 0.9, 0.8), _site("B", 0.7, 0.75), _site("C", None, 0.5), _site("D", math.nan, 1)
    )

    said = facts(to_fairness(outcome))

    assert said["Gain against alone"] == (
        "1 of 2 sites are at least as well off as alone; 0.025 more on average"
    )
    assert said["Loses most"] == "B: 0.050 less"
    assert said["Not assessed"] == "2 sites with too few, or too similar, held-out rows"


def test_a_spread_of_one_site_is_not_assessed():
    (fact,) = to_fairness(_with_sites(_site("A", 0.9), _site("B", None)))

    assert fact["missing"]
    assert fact["value"].startswith("not assessed")


# ---------------------------------------------------------------- what a run may lack


def test_the_metric_is_called_by_its_name_everywhere():
    shown = content(cases.forecast())

    assert shown["comparison"]["columns"][-1]["title"] == "R²"
    assert shown["curves"]["panels"][0]["title"] == "R² on held-out rows"
    assert shown["metric_says"].startswith("R²: the share of the variance")
    assert shown["summary"]["tiles"][0]["title"] == "R²"
    assert "AUC" not in json.dumps(
        {k: v for k, v in shown.items() if k not in ("texts", "glossary")}
    )


@pytest.mark.parametrize("metric", list(Metric))
def test_every_metric_is_explained(metric):
    done = cases.run(metric=metric)

    assert content(cases.evidence(done))["metric_says"].startswith(metric.written)


def test_a_run_that_the_budget_stopped_says_so():
    shown = content(cases.forecast())

    rounds = facts(shown["facts"])["Rounds"]
    assert rounds.startswith("120 of 200 asked, stopped before the privacy budget would have")
    assert "1 changed nothing, because too few sites answered" in rounds
    assert shown["comparison_says"].startswith("The plan asked for no comparison")


def test_a_run_without_rounds_shows_none():
    shown = content(cases.evidence(cases.stopped().run))

    assert shown["rounds"]["table"] is None
    assert shown["comparison"] is None
    assert "No round was completed." in built_sample("stopped run").text


def test_a_run_that_noted_no_versions_says_that_these_are_todays():
    noted, not_noted = content(cases.evidence())["again"], content(cases.forecast())["again"]

    assert noted["calls_say"] == ""
    assert not_noted["calls_say"].startswith("The run did not record its versions")
    assert noted["calls"]["rows"][0][0] == {
        "text": "numpy",
        "tone": "",
        "below_tone": "",
        "below": "2.4.6",
    }


def test_what_comes_from_the_operating_system_is_named_where_there_is_noise():
    assert "kept nowhere" in content(cases.noisy())["again"]["says"]
    assert "the same model hash" in content(cases.evidence())["again"]["says"]


def test_simulated_and_distributed_runs_are_told_apart():
    real = replace(cases.evidence(), facts={"transport": "flower", "difference": 1e-16})

    assert content(cases.evidence())["how_it_ran"].startswith("Simulated:")
    assert content(real)["how_it_ran"].startswith("The sites answered over the network")
    entry = facts(content(real)["again"]["facts"])["Its entry in the trail"]
    assert entry == "difference 1e-16; transport flower"


@pytest.mark.parametrize(
    ("place", "says"),
    [(NoisePlace.CENTRAL, "noise and ledger were this desk's"), (NoisePlace.SITE, "each drew")],
)
def test_a_distributed_run_says_who_drew_its_noise(place, says):
    noisy = cases.noisy(NoisePlan(noise_multiplier=1.2, place=place))

    assert says in content(replace(noisy, facts={"transport": "flower"}))["how_it_ran"]


def test_a_poisoned_run_is_not_to_be_used():
    assert any("poisoned on purpose" in s for s in content(cases.forecast())["summary"]["next"])


def test_numbers_that_are_none_break_no_page():
    odd = Round(round=31, loss=math.inf, metric=math.nan, clients=0, bytes_up=0, bytes_down=0)
    outcome = cases.run().outcome
    done = replace(cases.run(), outcome=replace(outcome, rounds=(*outcome.rounds, odd)))

    report = built(cases.evidence(done))

    assert "no number" in report.text
    assert '"NaN"' in attachments(report.document)["evidence.json"].decode()
