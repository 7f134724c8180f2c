"""Tags travel along columns, stop only at measured evidence, and are lost nowhere unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.nouns import ColumnName
from compliance.discovery.nouns import Discovery, IdentifierClass, Label, LegalClass
from compliance.lineage import as_it_was, changed, dangling, how, hung_on, propagate
from compliance.lineage.nouns import (
    ColumnEdge,
    ColumnKind,
    ColumnSubkind,
    Dangling,
    Edge,
    Evidence,
    Node,
    NodeKind,
    Place,
    Reason,
    Standing,
    Tag,
    Tagged,
)
from compliance.plain import from_json, to_json

AT = datetime(2026, 11, 26, tzinfo=UTC)
NAMES = ("a", "b", "c", "d", "e")
MAIL = Tag(semantic_type="email", identifier_class=IdentifierClass.DIRECT)


def node(name: str, kind: NodeKind = NodeKind.DATASET) -> Node:
    return Node(kind=kind, id=f"{name}@1", title=name)


def edge(
    origin: str, made: str, *columns: ColumnEdge, kind: NodeKind = NodeKind.DATASET, entry: int = 1
) -> Edge:
    return Edge(
        origin=node(origin), made=node(made, kind), step="made", entry=entry, at=AT, columns=columns
    )


def labelled(name: str, **columns: str) -> dict[str, Discovery]:
    """`labelled("a", mail="direct")`: one label per column."""
    labels = tuple(
        Label(
            column=ColumnName(column),
            semantic_type="email" if said == "direct" else "text",
            identifier_class=IdentifierClass(said),
            confidence=1,
            evidence=("seen",),
        )
        for column, said in columns.items()
    )
    found = Discovery(dataset_id=f"{name}@1", labels=labels, discovered_at=AT)
    return {f"dataset:{name}@1": found}


def shown(origin: str, made: str, standing: Standing = Standing.HOLDS) -> Evidence:
    return Evidence(
        id=f"of {made}",
        what="measured",
        origins=frozenset({f"dataset:{origin}@1"}),
        made=f"dataset:{made}@1",
        standing=standing,
        why="" if standing is Standing.HOLDS else "it changed",
    )


def at(name: str, column: str, kind: str = "dataset") -> Place:
    return Place(f"{kind}:{name}@1", column)


PERSONAL = labelled("a", mail="direct", n="none")


# Where tags go


def test_a_tag_goes_wherever_values_go_and_not_where_they_do_not() -> None:
    edges = [edge("a", "b", as_it_was("mail"), as_it_was("n")), edge("b", "c", as_it_was("n"))]

    tagged = propagate(edges, PERSONAL, ())

    assert tagged.tags == {at("a", "mail"): {MAIL}, at("b", "mail"): {MAIL}}
    assert tagged.arrived == {at("b", "mail"): {MAIL}}


@pytest.mark.parametrize(
    "column",
    [
        changed("mail", "replaced by a keyed pseudonym", "p", masking=True),
        changed("mail", "masked", "p", masking=True),
        as_it_was("mail", "p"),
    ],
    ids=["pseudonym", "mask", "sample"],
)
def test_masking_without_a_proof_does_not_stop_a_tag(column: ColumnEdge) -> None:
    assert propagate([edge("a", "b", column)], PERSONAL, ()).tags[at("b", "p")] == {MAIL}


def test_a_model_without_noise_carries_the_tags_of_what_it_learnt_from() -> None:
    trained = edge("a", "m", changed("mail", "learnt from", "model"), kind=NodeKind.RUN)

    assert propagate([trained], PERSONAL, ()).tags[at("m", "model", "run")] == {MAIL}


def test_what_only_hangs_on_a_column_is_touched_and_not_tagged() -> None:
    edges = [
        edge("a", "b", as_it_was("n"), hung_on("mail", ColumnSubkind.FILTER, "rows left out")),
        edge("b", "c", as_it_was("n")),
    ]

    tagged = propagate(edges, PERSONAL, ())

    assert at("b", "n") not in tagged.tags
    assert tagged.touched == {at("b", ""): {MAIL}, at("c", ""): {MAIL}}


def test_labels_of_laws_travel_too() -> None:
    label = Label(
        column=ColumnName("faith"),
        semantic_type="religion",
        identifier_class=IdentifierClass.SENSITIVE,
        legal_classes=(LegalClass.GDPR_SPECIAL,),
        confidence=1,
        evidence=("seen",),
    )
    found = {"dataset:a@1": Discovery(dataset_id="a@1", labels=(label,), discovered_at=AT)}

    (tag,) = propagate([edge("a", "b", as_it_was("faith"))], found, ()).tags[at("b", "faith")]

    assert tag.legal_classes == (LegalClass.GDPR_SPECIAL,)


# Where they stop


def test_a_tag_stops_at_evidence_that_holds_and_says_which() -> None:
    edges = [edge("a", "b", changed("mail", "made coarser")), edge("b", "c", as_it_was("mail"))]

    tagged = propagate(edges, PERSONAL | labelled("b", mail="quasi"), [shown("a", "b")])

    assert tagged.tags.keys() == {at("a", "mail")}
    (stop,) = tagged.stopped
    assert (stop.origin, stop.made, stop.tags, stop.evidence) == (
        at("a", "mail"),
        at("b", "mail"),
        {MAIL},
        "of b",
    )
    assert tagged.lost == ()


@pytest.mark.parametrize("standing", [Standing.VOID, Standing.SHORT])
def test_evidence_that_does_not_hold_stops_nothing(standing: Standing) -> None:
    tagged = propagate([edge("a", "b", as_it_was("mail"))], PERSONAL, [shown("a", "b", standing)])

    assert tagged.tags[at("b", "mail")] == {MAIL}
    assert tagged.stopped == ()


def test_evidence_of_one_step_says_nothing_of_another_into_the_same_table() -> None:
    edges = [edge("a", "b", as_it_was("mail")), edge("x", "b", as_it_was("mail"))]

    tagged = propagate(edges, PERSONAL | labelled("x", mail="direct"), [shown("a", "b")])

    assert tagged.arrived == {at("b", "mail"): {MAIL}}


# Where they are lost


@pytest.mark.parametrize(
    ("labels", "evidence", "reason"),
    [
        ({}, [], Reason.NOT_LOOKED),
        (labelled("b", mail="none"), [], Reason.SAYS_NONE),
        (labelled("b", mail="quasi"), [shown("a", "b", Standing.VOID)], Reason.VOID),
        (labelled("b", mail="none"), [shown("a", "b", Standing.SHORT)], Reason.SAYS_NONE),
        (labelled("b", mail="direct"), [], None),
        (labelled("b", mail="none"), [shown("a", "b")], None),
    ],
    ids=["not looked", "says none", "void", "short", "kept", "measured"],
)
def test_a_tag_that_is_gone_without_evidence_is_lost(
    labels: Mapping[str, Discovery], evidence: Sequence[Evidence], reason: Reason | None
) -> None:
    tagged = propagate([edge("a", "b", as_it_was("mail"))], {**PERSONAL, **labels}, evidence)

    assert [(one.place, one.reason) for one in tagged.lost] == (
        [(at("b", "mail"), reason)] if reason else []
    )
    assert all(one.why and one.tags == {MAIL} for one in tagged.lost)


# Laws

COLUMN_EDGES = st.builds(
    lambda origin, made, is_direct: (
        as_it_was(origin, made)
        if is_direct
        else hung_on(origin, ColumnSubkind.FILTER, "", made if made != "a" else "")
    ),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.booleans(),
)
EDGES = st.lists(
    st.builds(
        lambda origin, made, columns: edge(origin, made, *columns),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.lists(COLUMN_EDGES, max_size=4),
    ),
    max_size=12,
)
LABELS = st.dictionaries(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(IdentifierClass)), max_size=5),
    max_size=4,
).map(
    lambda found: {
        key: one
        for name, columns in found.items()
        for key, one in labelled(name, **{c: str(said) for c, said in columns.items()}).items()
    }
)
EVIDENCE = st.lists(
    st.builds(
        shown, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(list(Standing))
    ),
    max_size=4,
)


def everything(tagged: Tagged) -> set[tuple[str, Place, Tag]]:
    kinds = {"tags": tagged.tags, "arrived": tagged.arrived, "touched": tagged.touched}
    return {(k, p, tag) for k, found in kinds.items() for p, tags in found.items() for tag in tags}


@given(EDGES, EDGES, LABELS, EVIDENCE)
def test_more_edges_never_take_a_tag_away(
    some: list[Edge], more: list[Edge], labels: dict[str, Discovery], evidence: list[Evidence]
) -> None:
    few = propagate(some, labels, evidence)
    many = propagate([*some, *more], labels, evidence)

    assert everything(few) <= everything(many)
    assert {one.place for one in few.lost} <= {one.place for one in many.lost}


@given(st.data(), EDGES, LABELS, EVIDENCE)
def test_the_order_of_edges_does_not_matter(
    data: st.DataObject, some: list[Edge], labels: dict[str, Discovery], evidence: list[Evidence]
) -> None:
    turned = data.draw(st.permutations(some))

    assert propagate(some, labels, evidence) == propagate(turned, labels, evidence)


@given(EDGES, LABELS, EVIDENCE)
def test_a_tag_gets_along_every_edge_but_those_with_evidence(
    some: list[Edge], labels: dict[str, Discovery], evidence: list[Evidence]
) -> None:
    tagged = propagate(some, labels, evidence)
    stops = {
        (origin, one.made): one.id
        for one in evidence
        if one.standing is Standing.HOLDS
        for origin in one.origins
    }

    for one in some:
        for column in one.columns:
            here, there = Place(one.origin.key, column.origin), Place(one.made.key, column.made)
            tags = tagged.tags.get(here, frozenset())
            if column.kind is ColumnKind.INDIRECT or not tags:
                continue
            if (here.node, there.node) in stops:
                assert any(s.origin == here and s.made == there for s in tagged.stopped)
            else:
                assert tags <= tagged.arrived[there]
    assert {one.evidence for one in tagged.stopped} <= set(stops.values())


@given(EDGES, LABELS, EVIDENCE)
def test_no_personal_label_is_without_its_tag_but_where_it_was_measured(
    some: list[Edge], labels: dict[str, Discovery], evidence: list[Evidence]
) -> None:
    tagged = propagate(some, labels, evidence)
    proven = {one.made for one in evidence if one.standing is Standing.HOLDS}

    for key, found in labels.items():
        for label in found.personal:
            if key not in proven:
                assert Place(key, label.column) in tagged.tags


# Edges


def test_an_edge_between_columns_that_are_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="origin has no column “gone”"):
        how([as_it_was("gone", "a")], ["a"], ["a"])
    with pytest.raises(ValueError, match="was made has no column “new”"):
        how([as_it_was("a", "new")], ["a"], ["a"])


def test_a_kind_and_a_subkind_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="FILTER is not DIRECT"):
        ColumnEdge(origin="a", made="b", kind=ColumnKind.DIRECT, subkind=ColumnSubkind.FILTER)


def test_edges_stored_before_columns_were_told_are_read() -> None:
    whole = edge("a", "b", as_it_was("mail"))
    said = json.loads(to_json(whole))
    for name in ("columns", "parameters", "code", "actor"):
        del said[name]

    read = from_json(Edge, json.dumps(said))

    assert from_json(Edge, to_json(whole)) == whole
    assert (read.origin, read.step, read.columns, read.code) == (whole.origin, "made", (), "")


def test_what_an_edge_names_and_is_not_there_dangles() -> None:
    edges = [
        edge("a", "b", as_it_was("x"), as_it_was("y"), entry=3),
        edge("b", "gone", as_it_was("x"), entry=4),
        Edge(origin=node("f", NodeKind.SOURCE), made=node("a"), step="added", entry=1, at=AT),
    ]

    found = dangling(edges, {"dataset:a@1": ("x",), "dataset:b@1": ("x", "y")})

    assert found == (
        Dangling(entry=3, place=at("a", "y")),
        Dangling(entry=4, place=at("gone", "")),
    )
