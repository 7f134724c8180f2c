"""The page of anonymisation, as an officer walks it: risk, plan, every choice, the output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from compliance.anonymise import from_plan, to_plan
from compliance.anonymise.lattice import search
from compliance.anonymise.nouns import Criterion, Method, Model, Plan
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.plain import from_yaml, to_yaml
from compliance.settings import Settings
from compliance.workspace import Workspace
from pages.parts import visiting
from tests.kept import copied
from tests.pages.conftest import Desk, chart_of, refusals, turn_to, turned, unfold, words

AGES = [18 + (7 * i * i + 3 * i) % 61 for i in range(400)]
SEXES = ("Woman", "Man")
ILLS = ("influenza", "asthma", "none")


def patients() -> bytes:
    """400 invented people: who they are, where they live, what they have."""
    lines = ["patient,full_name,age,sex,postal_code,diagnosis"]
    lines += [
        f"P{i:04d},Anna{i} Schmidt,{age},{SEXES[i % 2]},{10115 + 13 * i % 90},{ILLS[i * i % 3]}"
        for i, age in enumerate(AGES)
    ]
    return "\n".join(lines).encode()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk with patients, searched for personal data, and a table without any."""
    home = copied(tmp_path / "desk", _fill)
    monkeypatch.setenv("PRIVACY_DESK_HOME", str(home))
    monkeypatch.delenv("PRIVACY_DESK_DATABASE_URL", raising=False)
    visiting.shared.clear()
    yield Desk(home)
    visiting.shared.clear()


def _fill(home: Path) -> None:
    filling = Workspace(Settings.from_environment({}, home=home))
    said = Description(unit=ColumnName("patient"))
    filling.add_files([RawFile(name="p.csv", data=patients())], "patients", said)
    filling.discover("patients")
    parts = "\n".join(["sku,stock,width", *(f"S{i},{i % 5},{i % 9}.5" for i in range(60))])
    filling.add_files([RawFile(name="s.csv", data=parts.encode())], "stock")
    buys = [f"B{n % 90:03d},SKU-{1000 + n * n % 12}" for n in range(600)]
    said = Description(unit=ColumnName("customer_id"))
    bought = "\n".join(["customer_id,product_id", *buys]).encode()
    filling.add_files([RawFile(name="b.csv", data=bought)], "baskets", said)
    filling.discover("baskets")


def opened(desk: Desk, dataset: str = "patients") -> AppTest:
    visitor = desk.open("anonymise")
    return visitor.selectbox(key="session_dataset").select(dataset).run()


def widget(visitor: AppTest, kind: str, start: str) -> object:
    """The widget of that kind whose key begins so."""
    found = [one for one in getattr(visitor, kind) if str(one.key).startswith(start)]
    assert len(found) == 1, [one.key for one in getattr(visitor, kind)]
    return found[0]


def set_(visitor: AppTest, kind: str, start: str, value: object) -> AppTest:
    widget(visitor, kind, start).set_value(value).run()  # type: ignore[attr-defined]
    assert not visitor.exception
    return visitor


def plan_of(visitor: AppTest) -> Plan:
    """The plan in hand, as its file shows it."""
    text = next(code.value for code in visitor.code if "quasi_identifiers" in code.value)
    return to_plan(from_yaml(text.encode(), ValueError))


def surveyed(visitor: AppTest) -> AppTest:
    return visitor.button(key="anonymise_survey").click().run()


def made(visitor: AppTest) -> AppTest:
    visitor.button(key="anonymise_make").click().run()
    return visitor


def newest(desk: Desk) -> Anonymised:
    return desk.workspace.anonymisation.done("patients")[0]


def table(visitor: AppTest, *columns: str) -> list[dict[str, object]]:
    """The rows of the one table with these first columns."""
    (found,) = [
        frame.value
        for frame in visitor.dataframe
        if tuple(frame.value.columns[: len(columns)]) == columns
    ]
    rows: list[dict[str, object]] = found.to_dict("records")
    return rows


def levels_shown(visitor: AppTest) -> tuple[int, ...]:
    """The levels that the best choice has, as its table shows them."""
    rows = table(visitor, "Column", "Level", "Groups")
    return tuple(int(str(row["Level"]).split(" of ")[0]) for row in rows)


# Risk as it stands


def test_the_four_facts_are_what_the_workspace_measures(desk: Desk) -> None:
    visitor = opened(desk)
    plan = desk.workspace.anonymisation.propose("patients")
    found = desk.workspace.anonymisation.risk("patients", plan.columns)

    facts = {metric.label: (metric.value, metric.delta) for metric in visitor.metric}
    assert facts["Smallest group (k)"] == (f"{found.k}", "more is better")
    mean = f"{100 * found.marketer.mean:.1f}\u00a0%"
    assert facts["Right links expected"] == (mean, "less is better")
    assert f"{found.uniques} of {found.people} people are the only ones" in words(visitor)


def test_which_columns_single_people_out_is_counted_of_a_hundred(desk: Desk) -> None:
    rows = table(unfold(opened(desk)), "Columns", "Of 100 people stand alone")

    found = desk.workspace.anonymisation.singling_out("patients")
    most = max((*found.each, *found.together), key=lambda one: one.alone)
    assert rows[0]["People"] == f"{most.alone:,}"
    assert rows[0]["Of"] == f"{most.of:,}"


def test_before_anybody_looked_for_personal_data_that_comes_first(desk: Desk) -> None:
    visitor = opened(desk, "stock")

    assert "that comes first" in words(visitor)
    assert [link.page for link in visitor.page_link if link.page != "glossary"] == ["discovery"]
    visitor.button(key="anonymise_discover").click().run()
    assert desk.workspace.discovery("stock") is not None
    assert "No column counts as a quasi-identifier" in words(visitor)
    assert "anonymise_make" not in [button.key for button in visitor.button]


def test_columns_may_be_chosen_to_count_or_not(desk: Desk) -> None:
    visitor = set_(opened(desk), "multiselect", "anonymise_quasi", ["age", "sex", "diagnosis"])
    plan = plan_of(visitor)

    assert list(plan.columns) == ["age", "sex", "diagnosis"]
    assert [c.model for c in plan.criteria] == [Model.K_ANONYMITY]
    assert "diagnosis" not in widget(visitor, "multiselect", "anonymise_sensitive").options  # type: ignore[attr-defined]


def test_a_column_named_sensitive_is_protected_within_groups(desk: Desk) -> None:
    visitor = set_(opened(desk), "multiselect", "anonymise_quasi", ["age"])
    set_(visitor, "multiselect", "anonymise_sensitive", ["sex"])

    asked = [c for c in plan_of(visitor).criteria if c.column == "sex"]
    assert asked == [Criterion(model=Model.DISTINCT_L, value=2, column=ColumnName("sex"))]
    set_(visitor, "selectbox", "anonymise_model", "equal_t")
    set_(visitor, "number_input", "anonymise_bound", 0.4)
    (changed,) = [c for c in plan_of(visitor).criteria if c.column == "sex"]
    assert (changed.model, changed.value) == (Model.EQUAL_T, 0.4)
    set_(visitor, "selectbox", "anonymise_model", "none")
    assert [c for c in plan_of(visitor).criteria if c.column == "sex"] == []


# The plan


def test_level_0_is_shown_masked_and_groups_by_their_names(desk: Desk) -> None:
    visitor = opened(desk)
    for column in desk.workspace.anonymisation.propose("patients").columns:
        widget(visitor, "selectbox", "anonymise_column").select(column).run()  # type: ignore[attr-defined]
        rows = table(visitor, "Value, masked")

        for row in rows:
            value = str(row["Value, masked"])
            assert len(value) == 1 or set(value[1:]) <= set("•-. "), value
    ages = set_(visitor, "selectbox", "anonymise_column", "age")
    assert any("–" in str(v) or "-" in str(v) for v in table(ages, "Value, masked")[0].values())


def test_no_value_of_the_table_reaches_the_browser_before_it_is_anonymised(desk: Desk) -> None:
    visitor = surveyed(opened(desk))

    shown = "\n".join([words(visitor), *(f.value.to_csv() for f in visitor.dataframe)])
    for value in ("Anna7", "P0007", "influenza", "Woman", "10115"):
        assert value not in shown


def test_another_builder_and_its_settings_are_taken_into_the_plan(desk: Desk) -> None:
    visitor = set_(opened(desk), "selectbox", "anonymise_column", "age")
    (width,) = [t for t in visitor.text_input if t.label == "Width"]
    width.set_value("10").run()
    quasi = next(q for q in plan_of(visitor).quasi_identifiers if q.column == "age")
    assert quasi.hierarchy.settings["width"] == 10  # type: ignore[union-attr]

    set_(visitor, "selectbox", "anonymise_builder", "suppress")
    quasi = next(q for q in plan_of(visitor).quasi_identifiers if q.column == "age")
    assert quasi.hierarchy.builder == "suppress"  # type: ignore[union-attr]


def test_a_builder_that_does_not_fit_is_a_sentence_and_can_be_changed_back(desk: Desk) -> None:
    visitor = set_(opened(desk), "selectbox", "anonymise_column", "sex")
    set_(visitor, "selectbox", "anonymise_builder", "intervals")

    assert ("This plan cannot be run", refusals(visitor)[0][1]) == refusals(visitor)[0]
    assert "none of its values is a number" in refusals(visitor)[0][1]
    set_(visitor, "selectbox", "anonymise_builder", "suppress")
    assert refusals(visitor) == []


def test_levels_may_be_limited_and_make_fewer_choices(desk: Desk) -> None:
    visitor = set_(opened(desk), "selectbox", "anonymise_column", "age")
    set_(visitor, "slider", "anonymise_levels", (1, 2))

    quasi = next(q for q in plan_of(visitor).quasi_identifiers if q.column == "age")
    assert (quasi.lowest, quasi.highest) == (1, 2)
    prepared = desk.workspace.anonymisation.prepared("patients", plan_of(visitor), {})
    assert f"**{prepared.problem.nodes:,}** choices" in words(visitor)


def test_a_column_is_treated_as_chosen_with_what_it_leaves_open(desk: Desk) -> None:
    visitor = set_(opened(desk), "selectbox", "anonymise_other", "full_name")
    set_(visitor, "selectbox", "anonymise_treatment", "mask")

    treated = {t.column: t.kind for t in plan_of(visitor).treatments}
    assert treated["full_name"] == "mask"
    turn_to(visitor, "All other columns")
    assert "Rare remains still point to a person" in words(visitor)
    set_(visitor, "selectbox", "anonymise_treatment", "usual")
    assert "full_name" not in {t.column for t in plan_of(visitor).treatments}
    happens = {row["Column"]: row["What happens to it"] for row in _others(visitor)}
    assert happens["full_name"] == "Left out"


def _others(visitor: AppTest) -> list[dict[str, object]]:
    return table(visitor, "Column", "How it points to people")


# Every choice


def test_how_many_choices_there_are_is_said_before_anything_runs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = counted(monkeypatch)
    visitor = opened(desk)
    plan = desk.workspace.anonymisation.propose("patients")
    nodes = desk.workspace.anonymisation.prepared("patients", plan, {}).problem.nodes

    assert f"**{nodes:,}** choices of levels are possible" in words(visitor)
    assert runs() == 0


def test_a_slider_redraws_from_the_kept_curve_without_another_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = counted(monkeypatch)
    visitor = surveyed(opened(desk))
    seen = []
    for k in (2, 20, 50):
        set_(visitor, "select_slider", "anonymise_k", k)
        seen.append(chart_of(visitor, "anonymise_choices")["data"][-1]["x"])
        assert f"With k = {k}, the best of" in words(visitor)

    assert runs() == 1
    assert len({str(x) for x in seen}) > 1


@pytest.mark.parametrize(("k", "percent"), [(2, 0), (5, 5), (20, 3), (100, 20)])
def test_the_choice_that_is_marked_is_what_the_search_finds(
    desk: Desk, k: int, percent: int
) -> None:
    visitor = surveyed(set_(opened(desk), "selectbox", "anonymise_model", "none"))
    set_(visitor, "select_slider", "anonymise_k", k)
    set_(visitor, "slider", "anonymise_limit", percent)

    problem = desk.workspace.anonymisation.prepared("patients", plan_of(visitor), {}).problem
    assert levels_shown(visitor) == ended(search(problem)).levels


def ended(steps: object) -> object:
    while True:
        try:
            next(steps)  # type: ignore[call-overload]
        except StopIteration as end:
            return end.value


def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the lattice was looked at as a whole."""
    from compliance.workspace.anonymising import anonymisation

    asked = []
    surveying = anonymisation.surveying
    monkeypatch.setattr(
        anonymisation, "surveying", lambda *given: asked.append(1) or surveying(*given)
    )
    return lambda: len(asked)


def test_too_many_choices_leave_only_a_search_with_a_time_limit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.parts.anonymising import curves

    monkeypatch.setattr(curves, "MOST_CELLS", 100)
    visitor = opened(desk)

    assert "too many to look at all" in words(visitor)
    assert "anonymise_survey" not in [button.key for button in visitor.button]
    assert plan_of(visitor).time_limit_s == 60
    assert refusals(made(visitor)) == []
    assert newest(desk).plan.time_limit_s == 60


# The output


def test_an_output_is_made_checked_and_shown_from_storage(desk: Desk) -> None:
    visitor = made(opened(desk))
    done = newest(desk)

    assert refusals(visitor) == []
    assert f"Made, checked and stored as {done.made}" in words(visitor)
    rows = {row["Measure"]: row for row in table(visitor, "Measure", "Before", "After")}
    assert rows["Smallest group (k)"]["After"] == f"{done.proof.after.k}"
    assert rows["Rows"]["Before"] == f"{done.proof.before.rows:,}"
    said = "\n".join(words(view) for view in turned(visitor))
    for check in done.proof.checks:
        assert f"holds] {check.says}" in said
    for attack in (*done.proof.attacked_before.attacks, *done.proof.attacked_after.attacks):
        assert attack.sentence in said
    for use in done.proof.utility:
        assert use.sentence in said


def test_looking_at_an_output_again_writes_nothing(desk: Desk) -> None:
    visitor = made(opened(desk))
    before = desk.state(), len(desk.workspace.anonymisation.done("patients"))

    visitor.run()
    set_(visitor, "select_slider", "anonymise_k", 20)
    opened(desk)

    assert (desk.state(), len(desk.workspace.anonymisation.done("patients"))) == before


def test_the_chart_of_attacks_has_intervals_and_what_guessing_gives(desk: Desk) -> None:
    visitor = made(opened(desk))
    done = newest(desk)
    turn_to(visitor, "Attacks")
    before, guessing, after, _again = chart_of(visitor, f"anonymise_attacks_{done.id}")["data"]

    assert before["name"] == "Original"
    assert after["name"] == "Output"
    tried = done.proof.attacked_after.attacks
    assert len(after["x"]) == len(tried)
    assert "array" in after["error_y"]
    assert guessing["name"] == "Without the row, or by guessing"


def test_both_methods_are_compared_once_both_were_run(desk: Desk) -> None:
    visitor = made(opened(desk))
    assert "Make it by the other method too" in words(visitor)

    made(set_(visitor, "radio", "anonymise_method", Method.LOCAL))

    assert [done.plan.method for done in desk.workspace.anonymisation.done("patients")] == [
        Method.LOCAL,
        Method.FULL_DOMAIN,
    ]
    (compared,) = [
        frame.value
        for frame in visitor.dataframe
        if "Good is" in frame.value.columns[3:]
        and "One level per column, proven best" in frame.value.columns
    ]
    assert "Detail kept" in list(compared["Measure"])


def test_an_older_output_can_be_looked_at(desk: Desk) -> None:
    visitor = made(opened(desk))
    first = newest(desk)
    made(set_(visitor, "select_slider", "anonymise_k", 20))
    second = newest(desk)
    assert f"**{second.proof.after.k} people or more**" in words(visitor)

    set_(visitor, "selectbox", "anonymise_done", first.id)

    assert f"**{first.proof.after.k} people or more**" in words(visitor)


def test_what_no_choice_can_meet_is_refused_in_a_sentence(desk: Desk) -> None:
    visitor = set_(opened(desk), "selectbox", "anonymise_model", "distinct_l")
    set_(visitor, "number_input", "anonymise_bound", 50)
    made(visitor)

    assert [title for title, _said in refusals(visitor)] == ["Not handed on"]
    assert desk.workspace.anonymisation.done("patients") == ()


def test_an_output_that_fails_its_own_check_is_not_handed_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.workspace.anonymising import tables

    honest = tables.proof_of

    def failing(*given: object) -> object:
        proof = honest(*given)  # type: ignore[arg-type]
        return replace(proof, checks=tuple(replace(c, holds=False) for c in proof.checks))

    monkeypatch.setattr(tables, "proof_of", failing)
    visitor = made(opened(desk))

    ((title, said),) = refusals(visitor)
    assert title == "Not handed on"
    assert "did not pass its own check" in said
    assert desk.workspace.anonymisation.done("patients") == ()


# The vault


def test_the_vault_opens_only_with_a_reason_and_shows_the_original_once(desk: Desk) -> None:
    visitor = set_(opened(desk), "selectbox", "anonymise_other", "patient")
    set_(visitor, "selectbox", "anonymise_treatment", "vault")
    made(visitor)
    output = desk.workspace.anonymisation.output(newest(desk)).decode()
    code = output.splitlines()[1].split(",")[0]
    entries = desk.workspace.verify_trail()
    visitor.button(key="anonymise_reveal").click().run()
    assert "The trail will say" in words(visitor)

    window = AppTest.from_function(dialog, default_timeout=60).run()
    window.text_area(key="anonymise_pseudonyms").set_value(code)
    window.button(key="anonymise_open").click().run()
    assert [title for title, _said in refusals(window)] == ["Not opened"]
    assert desk.workspace.verify_trail() == entries

    window.text_input(key="anonymise_reason").set_value("request for access no. 17")
    window.button(key="anonymise_open").click().run()
    (row,) = table(window, "Pseudonym", "Original")
    assert str(row["Original"]).startswith("P0")
    assert desk.workspace.verify_trail() != entries
    once = desk.workspace.verify_trail()
    window.run()
    assert not window.dataframe
    assert desk.workspace.verify_trail() == once


def dialog() -> None:
    """The window that the button opens; here it is open at every run."""
    from pages.parts import session
    from pages.parts.anonymising import vaults

    workspace = session.workspace()
    name, vault = vaults.found(workspace, workspace.dataset("patients-anonymised"), ())[0]
    vaults.ask(workspace, name, vault)


# Again, and histories


def test_a_recipe_is_kept_and_done_again(desk: Desk) -> None:
    visitor = made(opened(desk))
    first = newest(desk)
    visitor.button(key=f"anonymise_keep_{first.id}").click().run()
    assert [kept.recipe.plan for kept in desk.workspace.anonymisation.recipes()] == [first.plan]

    visitor.run()
    visitor.toggle(key="anonymise_recipes").set_value(True).run()
    widget(visitor, "text_input", "anonymise_recipe_into").set_value("again")  # type: ignore[attr-defined]
    visitor.button(key="anonymise_again").click().run()

    assert refusals(visitor) == []
    assert newest(desk).made == "again@1"
    assert newest(desk).levels == first.levels


def test_a_recipe_stops_at_data_that_are_not_what_they_were(desk: Desk) -> None:
    visitor = made(opened(desk))
    visitor.button(key=f"anonymise_keep_{newest(desk).id}").click().run()
    visitor.selectbox(key="session_dataset").select("baskets").run()
    visitor.toggle(key="anonymise_recipes").set_value(True).run()
    visitor.button(key="anonymise_again").click().run()

    assert [title for title, _said in refusals(visitor)] == ["Not done"]
    assert desk.workspace.anonymisation.done("baskets") == ()


def test_purchase_histories_are_made_safe_and_compared(desk: Desk) -> None:
    visitor = opened(desk, "baskets")
    visitor.toggle(key="anonymise_histories").set_value(True).run()
    visitor.button(key="anonymise_baskets").click().run()

    (done,) = desk.workspace.anonymisation.baskets("baskets")
    assert f"stored as {done.made}" in words(visitor)
    rows = {str(row["Measure"]): row for row in table(visitor, "Measure", "Before", "After")}
    assert rows["People who share the rarest 2 things"]["After"] == f"{done.after.k:,}"
    assert done.after.k >= 5


def test_a_table_without_products_offers_no_histories(desk: Desk) -> None:
    assert "anonymise_histories" not in [toggle.key for toggle in opened(desk).toggle]


# Files


def test_the_plan_shown_is_the_plan_that_is_run(desk: Desk) -> None:
    visitor = set_(opened(desk), "select_slider", "anonymise_k", 10)
    shown = plan_of(visitor)
    made(visitor)

    assert from_plan(newest(desk).plan) == from_plan(shown)


def test_a_plan_with_its_hierarchies_is_taken_from_files(desk: Desk) -> None:
    visitor = opened(desk)
    plan = replace(plan_of(visitor), suppression_limit=0.2)
    only_age = next(q for q in plan.quasi_identifiers if q.column == "age")
    plan = replace(plan, quasi_identifiers=(replace(only_age, hierarchy="ages.csv"),))
    half = sorted(set(AGES))[: len(set(AGES)) // 2]
    ages = "".join(f"{age};{age // 10 * 10}s;*\n" for age in half)
    give(visitor, ("plan.yaml", to_yaml(from_plan(plan))), ("ages.csv", ages), ("x.csv", "1;2"))

    assert "Hierarchies read for age." in words(visitor)
    assert "not used: x.csv" in words(visitor)
    assert plan_of(visitor) == plan
    without = len(set(AGES)) - len(half)
    assert f"{without} value(s) in" in words(visitor)
    assert refusals(made(visitor)) == []


def test_a_file_that_is_no_plan_is_refused_and_changes_nothing(desk: Desk) -> None:
    visitor = opened(desk)
    before = plan_of(visitor)
    give(visitor, ("plan.yaml", "k: many"))

    assert [title for title, _said in refusals(visitor)] == ["Not understood"]
    assert plan_of(visitor) == before


def test_what_the_form_cannot_show_stays_as_the_file_has_it(desk: Desk) -> None:
    visitor = opened(desk)
    plan = plan_of(visitor)
    risk = Criterion(model=Model.MEAN_RISK, value=0.1)
    give(visitor, ("p.yml", to_yaml(from_plan(replace(plan, criteria=(*plan.criteria, risk))))))
    set_(visitor, "select_slider", "anonymise_k", 3)

    assert "From the plan’s file, too: mean risk." in words(visitor)
    assert risk in plan_of(visitor).criteria
    assert plan_of(visitor).k == 3


def give(visitor: AppTest, *files: tuple[str, str]) -> AppTest:
    """Upload files and press the button that takes them."""
    given = [(name, text.encode(), "text/plain") for name, text in files]
    (upload,) = [f for f in visitor.file_uploader if f.key.startswith("anonymise_upload")]
    upload.set_value(given)
    visitor.button(key="anonymise_take").click().run()
    assert not visitor.exception
    return visitor
