"""The rows of a version that may be used, as a thing of the lineage between it and its uses."""

from __future__ import annotations

from compliance.dataset.nouns import Dataset
from compliance.i18n import mark
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.storage import records, tables
from compliance.workspace.data.datasets import dataset_node
from compliance.workspace.desk import Act, Desk
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.usage import usable

_DIGITS = 12


def used_node(desk: Desk, act: Act, dataset: Dataset) -> Node:
    """Where something is made from: the version, or the rows of it that may be used.

    Those rows are linked to their version the first time that something is made from them.

    Args:
        dataset: as `usage.required` gave it.
    """
    said = usable.left_out_of(desk, dataset)
    if said is None:
        return dataset_node(dataset)
    node = view_node(dataset.id, dataset.sha256)
    if not records.every(act.connection, tables.EDGE, Edge, made=node.key):
        act.link(
            dataset_node(dataset), node, mark("filtered"), lineage_steps.filtered(dataset, said)
        )
    return node


def view_node(dataset_id: str, sha256: str) -> Node:
    """Those rows of a version, by the hash that tells which they are."""
    name, _, version = dataset_id.rpartition("@")
    title = mark("{dataset} (version {version}), rows that may be used").format(
        dataset=name, version=version
    )
    return Node(kind=NodeKind.VIEW, id=f"{dataset_id}#{sha256[:_DIGITS]}", title=title)
