"""A federated plan, as a form: what is learnt, where, under which protection, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from compliance.dataset.nouns import Column, ColumnType, Dataset
from compliance.discovery.nouns import Discovery
from compliance.federated import MODELS, SUMMED, from_plan, to_plan
from compliance.federated.nouns import ModelKind, Plan, Split, Strategy, Task
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.plain import to_yaml
from pages.parts import plan_protection
from pages.parts.plan_words import (
    MODEL_WORDS,
    POISON_WORDS,
    SPLIT_WORDS,
    STRATEGY_WORDS,
    TASK_WORDS,
)


class _Answers(StrEnum):
    """What a column to predict holds."""

    TWO = "two"
    CLASSES = "classes"
    NUMBERS = "numbers"


_MODELS_FOR = {
    _Answers.TWO: (ModelKind.LOGISTIC, ModelKind.TREES, ModelKind.MLP, ModelKind.SOFTMAX),
    _Answers.CLASSES: (ModelKind.SOFTMAX, ModelKind.MLP),
    _Answers.NUMBERS: (ModelKind.LINEAR,),
}
_MOST_SITES = 500
_MOST_ITEMS = 20_000
_MOST_CLASSES = 50
_RATES = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
_SHARES = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0]
_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)


def plan(dataset: Dataset, discovery: Discovery | None) -> Plan | None:
    """A federated plan as chosen; None where the dataset offers nothing to learn.

    Nothing is trained by choosing, so the widgets need no form and the noise can show its price.

    Raises:
        MalformedPlanError: what was chosen cannot go together.
    """
    tasks = _tasks(dataset)
    if not tasks:
        st.info(_("This dataset has no column to learn and no history of purchases."))
        return None
    left, right = st.columns(2)
    with left:
        raw, answers = _subject(dataset, tasks, discovery)
    with right:
        raw |= _sites(dataset, raw, discovery)
    with left:
        is_response = raw["task"] == Task.RESPONSE
        raw["rounds"] = st.slider(
            _("Rounds"),
            1,
            200,
            to_plan(raw).rounds,
            key="federated_rounds" if is_response else f"federated_rounds_{raw['task']}",
        )
    noise = plan_protection.noise(dataset, Task(str(raw["task"])))
    with st.expander(_("How the sites learn"), icon=":material/tune:"):
        raw |= _learning(raw | noise, _models(raw, answers), has_noise=bool(noise))
    with st.expander(_("What may go wrong"), icon=":material/bolt:"):
        trouble = _trouble(has_noise=bool(noise))
    return to_plan(raw | noise | ({"trouble": trouble} if trouble else {}))


def as_file(chosen: Plan) -> None:
    """The same plan for the command line."""
    text = to_yaml(from_plan(chosen))
    with st.expander(_("The same plan as a file"), icon=":material/description:"):
        st.code(text, language=None, wrap_lines=True)
        st.download_button(
            _("Download plan.yaml"),
            lambda: text,  # a file made at once would be asked for, and gone when the plan changes
            "plan.yaml",
            "application/yaml",
            on_click="ignore",
            key="federated_plan",
        )


def _tasks(dataset: Dataset) -> list[Task]:
    """Those for which the dataset has the columns."""
    has_time = any(column.type in _MOMENTS for column in dataset.columns)
    has_person = dataset.description.unit is not None
    has_series = sum(column.type in _NUMBERS for column in dataset.columns) >= 4
    found = [Task.RESPONSE] if _targets(dataset) else []
    found += [Task.PROFILE] if has_time and has_person else []
    found += [Task.RECOMMEND] if has_person and _named(dataset, _is_item) else []
    found += [Task.FORECAST] if has_time or has_series else []
    return found


def _subject(
    dataset: Dataset, tasks: Sequence[Task], discovery: Discovery | None
) -> tuple[dict[str, object], _Answers | None]:
    """What is learnt and from which columns; of a response, what its answers are."""
    task = st.selectbox(
        _("What is to be learnt"),
        tasks,
        format_func=lambda one: _(TASK_WORDS[one]),
        key="federated_task",
    )
    if task is Task.RESPONSE:
        targets = _targets(dataset)
        target, answers = _target(targets)
        return {"task": str(task), "target": target}, answers
    kinds = _meanings(discovery)
    history: dict[str, object] = {}
    times = _named(dataset, lambda column: column.type in _MOMENTS)
    if times and task is not Task.RECOMMEND:
        history["time"] = st.selectbox(_("When it was bought"), times, key="federated_time")
    if task is Task.RECOMMEND or (task is Task.PROFILE and _named(dataset, _is_item)):
        items = _named(dataset, _is_item)
        at = _guess(items, kinds, ("product_id", "product_name", "sku"))
        history["item"] = st.selectbox(_("What was bought"), items, at, key="federated_item")
    if task is not Task.RECOMMEND and times:
        history |= _worth(dataset, kinds) | _last_day()
    return {"task": str(task), "history": history}, None


def _last_day() -> dict[str, object]:
    """The last day that counts, where the officer names one."""
    day = st.date_input(
        _("Last day that counts"),
        None,
        key="federated_until",
        help=_("Left empty, it is that of the table, which is then taken as public."),
    )
    return {"until": day.isoformat()} if day else {}


def _worth(dataset: Dataset, kinds: Mapping[str, str]) -> dict[str, object]:
    """Which columns tell how much was bought, and at which price."""
    numbers = _named(dataset, lambda column: column.type in _NUMBERS)
    options = ["", *numbers]
    left, right = st.columns(2)
    quantity = left.selectbox(
        _("How many"),
        options,
        _guess(options, kinds, ("quantity", "count")),
        format_func=lambda name: name or _("one per row"),
        key="federated_quantity",
    )
    price = right.selectbox(
        _("Price of one"),
        options,
        _guess(options, kinds, ("money_amount", "price")),
        format_func=lambda name: name or _("none: count pieces"),
        key="federated_price",
    )
    return {name: said for name, said in (("quantity", quantity), ("price", price)) if said}


def _sites(
    dataset: Dataset, raw: Mapping[str, object], discovery: Discovery | None
) -> dict[str, object]:
    """How rows come to sites."""
    columns = [
        column.name
        for column in dataset.columns
        if 2 <= column.distinct <= _MOST_SITES and column.name != raw.get("target")
    ]
    made_up, of_column = mark("Made up, to try it out"), mark("The values of a column")
    choices = [of_column, made_up] if columns else [made_up]
    natural = _site_index(columns, dataset, discovery)
    how = st.radio(
        _("Where sites come from"),
        choices,
        0 if natural is not None else len(choices) - 1,
        format_func=_,
        horizontal=True,
        key="federated_split",
    )
    if how == of_column:
        site = st.selectbox(
            _("Sites: rows with the same value stay together"),
            columns,
            index=natural or 0,
            key="federated_sites",
        )
        return {"sites": {"column": site}}
    left, right = st.columns(2)
    count = left.number_input(_("Number of sites"), 2, 1_000, 10, key="federated_count")
    split = right.selectbox(
        _("Rows are shared out"),
        list(SPLIT_WORDS),
        format_func=lambda one: _(SPLIT_WORDS[one]),
        key="federated_shared",
    )
    sites: dict[str, object] = {"count": int(count), "split": str(split)}
    if split is Split.DIRICHLET:
        sites["alpha"] = st.select_slider(
            _("How alike sites are (α)"),
            [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0],
            0.5,
            key="federated_alpha",
        )
    return {"sites": sites}


def _learning(
    raw: Mapping[str, object], models: Sequence[ModelKind], *, has_noise: bool
) -> dict[str, object]:
    """The model, the strategy and the sizes of steps; first what suits the task."""
    one, two, three = st.columns(3)
    model = one.selectbox(
        _("Model"), models, format_func=lambda kind: _(MODEL_WORDS[kind]), key="federated_model"
    )
    usual = to_plan({**raw, "model": str(model)})
    kind = f"{model}_{usual.task}" + ("_noisy" if has_noise else "")
    chosen: dict[str, object] = {"model": str(model)}
    if model not in SUMMED:
        strategies = list(Strategy)
        strategy = two.selectbox(
            _("How the server joins them"),
            strategies,
            strategies.index(usual.strategy),
            format_func=lambda one: _(STRATEGY_WORDS[one]),
            key=f"federated_strategy_{kind}",
        )
        epochs = three.slider(
            _("Passes over its rows per round and site"),
            1,
            20,
            usual.local_epochs,
            key=f"federated_epochs_{kind}",
        )
        batch = three.select_slider(
            _("Rows per step"), [8, 16, 32, 64, 128, 256, 512], 32, key="federated_batch"
        )
        chosen |= {"strategy": str(strategy), "local_epochs": epochs, "batch": batch}
    if model is not ModelKind.MATRIX_FACTORISATION:
        chosen["learning_rate"] = one.select_slider(
            _("Learning rate"), _RATES, usual.learning_rate, key=f"federated_rate_{kind}"
        )
    return chosen | _shape(model, usual, kind) | _cohorts(two, three, has_noise=has_noise)


def _shape(model: ModelKind, usual: Plan, kind: str) -> dict[str, object]:
    """How large the model is, where that is a choice."""
    if model is ModelKind.TREES:
        depth = st.slider(_("Depth of each tree"), 1, 6, usual.depth, key=f"federated_depth_{kind}")
        return {"depth": depth}
    if model is ModelKind.MATRIX_FACTORISATION:
        return {
            "rank": st.slider(_("Numbers per product"), 2, 64, usual.rank, key="federated_rank")
        }
    if model is ModelKind.MLP:
        width = st.select_slider(
            _("Units in the hidden layer"), [8, 16, 32, 64, 128], 32, key="federated_hidden"
        )
        return {"hidden": [width]}
    return {}


def _cohorts(two: DeltaGenerator, three: DeltaGenerator, *, has_noise: bool) -> dict[str, object]:
    """Which sites take part, and whether they mask what they send."""
    chosen: dict[str, object] = {}
    if not has_noise:
        share = two.select_slider(
            _("Share of sites in a round"), _SHARES, 1.0, key="federated_share"
        )
        minimum = three.number_input(
            _("Fewest records of a site"), 1, 10_000, 20, key="federated_minimum"
        )
        chosen |= {"minimum_records": int(minimum), "fraction": share}
    masks = two.toggle(
        _("Mask what sites send"),
        key="federated_secure",
        help=_(
            "Secure aggregation: the server sees the sum over the sites alone. 200 sites at most."
        ),
    )
    return chosen | ({"secure": True} if masks else {})


def _trouble(*, has_noise: bool) -> dict[str, object]:
    """What goes wrong on purpose."""
    one, two, three = st.columns(3)
    dropout = one.slider(_("Sites that fall silent, %"), 0, 90, 0, 5, key="federated_dropout")
    slow = two.slider(_("Sites that are slow, %"), 0, 100, 0, 5, key="federated_slow")
    quorum = three.slider(
        _("Fewest answers a round needs, %"), 0, 100, 0, 5, key="federated_quorum"
    )
    chosen: dict[str, object] = {
        "dropout": dropout / 100,
        "stragglers": slow / 100,
        "quorum": quorum / 100,
    }
    if not has_noise:
        chosen["poisoned"] = int(
            one.number_input(_("Sites that lie"), 0, 100, 0, key="federated_poisoned")
        )
        chosen["poison"] = two.selectbox(
            _("What they send"),
            ["flip", "noise", "broken"],
            format_func=lambda kind: _(POISON_WORDS[kind]),
            key="federated_poison",
        )
    return {name: said for name, said in chosen.items() if said and name != "poison"} | (
        {"poison": chosen["poison"]} if chosen.get("poisoned") else {}
    )


def _models(raw: Mapping[str, object], answers: _Answers | None) -> list[ModelKind]:
    """Those that can answer; the usual one first."""
    models = list(MODELS[Task(str(raw["task"]))])
    return models if answers is None else list(_MODELS_FOR[answers])


def _target(targets: Sequence[Column]) -> tuple[str, _Answers]:
    """The column to predict, and what its answers are."""
    names = [str(column.name) for column in targets]
    twos = [place for place, column in enumerate(targets) if column.distinct == 2]
    name = st.selectbox(
        _("What to predict"), names, twos[-1] if twos else 0, key="federated_target"
    )
    chosen = targets[names.index(name)]
    if chosen.distinct == 2:
        return name, _Answers.TWO
    is_number = chosen.type in _NUMBERS and chosen.distinct > _MOST_CLASSES
    return name, _Answers.NUMBERS if is_number else _Answers.CLASSES


def _targets(dataset: Dataset) -> list[Column]:
    unit = dataset.description.unit
    return [
        column
        for column in dataset.columns
        if column.name != unit
        and (
            2 <= column.distinct <= _MOST_CLASSES
            or (column.type is ColumnType.NUMBER and column.distinct > _MOST_CLASSES)
        )
    ]


def _named(dataset: Dataset, fits: Callable[[Column], bool]) -> list[str]:
    return [
        str(column.name)
        for column in dataset.columns
        if column.name != dataset.description.unit and fits(column)
    ]


def _is_item(column: Column) -> bool:
    is_code = column.type in (ColumnType.TEXT, ColumnType.INTEGER)
    return is_code and 10 <= column.distinct <= _MOST_ITEMS


def _meanings(discovery: Discovery | None) -> dict[str, str]:
    """What the values of each labelled column mean, by its name."""
    return {str(la.column): la.semantic_type for la in discovery.labels} if discovery else {}


def _guess(names: Sequence[str], kinds: Mapping[str, str], wanted: Sequence[str]) -> int:
    """The first column whose meaning is wanted, in the order of `wanted`."""
    for kind in wanted:
        for place, name in enumerate(names):
            if kinds.get(name) == kind:
                return place
    return 0


def _site_index(sites: Sequence[str], dataset: Dataset, discovery: Discovery | None) -> int | None:
    """The column that most likely tells places apart; None where none looks like it."""
    labels = _meanings(discovery)
    for place, name in enumerate(sites):
        if labels.get(name, "") in ("country", "region", "region_code"):
            return place
        if name.lower() in ("site", "region", "country", "store"):
            return place
    texts = {c.name for c in dataset.columns if c.type is ColumnType.TEXT and c.distinct <= 100}
    return next((place for place, name in enumerate(sites) if name in texts), None)
