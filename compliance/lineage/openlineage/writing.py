"""The desk's lineage as events of OpenLineage 2: one finished run for each thing made.

The act is the parent run. Ids follow from the desk and the entry of the trail, so that the same
lineage gives the same events. No value is in them: names of columns and counts only.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from compliance.lineage.nouns import ColumnEdge, Edge, Node, NodeKind
from compliance.lineage.openlineage.nouns import KIND_TYPES, Described, Teller

if TYPE_CHECKING:
    from openlineage.client import event_v2

SOURCE = "Privacy Desk"
_NOTHING = Described()


def run_id(namespace: str, *about: object) -> str:
    """The id of what one entry of the trail tells: always the same one (UUID version 5)."""
    desk = uuid.uuid5(uuid.NAMESPACE_URL, namespace)
    return str(uuid.uuid5(desk, "/".join(map(str, about))))


def to_events(
    edges: Iterable[Edge], described: Mapping[str, Described], by: Teller
) -> Iterator[dict[str, Any]]:
    """One event for each thing that an act made, in the order of the acts, as plain values.

    Args:
        edges: of the desk itself, oldest first.
        described: by the key of a thing, what is known of it.
    """
    from openlineage.client.serde import Serde

    ordered = sorted(edges, key=lambda edge: edge.entry)
    for _, acted in groupby(ordered, key=lambda edge: edge.entry):
        made: dict[tuple[str, str], list[Edge]] = defaultdict(list)
        for edge in acted:
            made[edge.made.key, edge.step].append(edge)
        for some in made.values():
            yield Serde.to_dict(_event(some, described, by))


def to_lines(events: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Each event as one line of JSON."""
    for event in events:
        said = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield f"{said}\n".encode()


def _event(
    edges: Sequence[Edge], described: Mapping[str, Described], by: Teller
) -> event_v2.RunEvent:
    from openlineage.client import event_v2

    first = edges[0]
    job, producer = _job(first, by), producer_of(by)
    origins = {edge.origin.key: edge.origin for edge in edges}
    about = described.get(first.made.key, _NOTHING)
    return event_v2.RunEvent(
        eventType=event_v2.RunState.COMPLETE,
        eventTime=first.at.isoformat(),
        producer=producer,
        job=job,
        run=event_v2.Run(
            runId=run_id(by.namespace, first.entry, first.made.key, first.step),
            facets=_run_facets(first, job.name, by),
        ),
        inputs=[
            event_v2.InputDataset(
                namespace=by.namespace,
                name=key,
                facets=_facets(node, described.get(key, _NOTHING), by),
            )
            for key, node in origins.items()
        ],
        outputs=[
            event_v2.OutputDataset(
                namespace=by.namespace,
                name=first.made.key,
                facets={**_facets(first.made, about, by), **_column_lineage(edges, by)},
                outputFacets=_counts(about, producer),
            )
        ],
    )


def producer_of(by: Teller) -> str:
    """The URI of this version of the desk."""
    return f"urn:privacy-desk:{by.version}"


def _job(edge: Edge, by: Teller) -> event_v2.Job:
    from openlineage.client import event_v2, facet_v2

    producer, of = producer_of(by), edge.made.id.partition("@")[0]
    thing = of if edge.made.kind in (NodeKind.DATASET, NodeKind.VIEW) else str(edge.made.kind)
    code = edge.code or "unknown"
    facets: dict[str, Any] = {
        "jobType": facet_v2.job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration="PRIVACY_DESK", jobType="JOB", producer=producer
        ),
        "sourceCodeLocation": facet_v2.source_code_location_job.SourceCodeLocationJobFacet(
            type="sha256",
            url=f"urn:privacy-desk:source:{code.rpartition('+')[2]}",
            version=code,
            producer=producer,
        ),
    }
    if edge.actor:
        owner = facet_v2.ownership_job.Owner(name=f"user:{edge.actor}", type="ACTOR")
        facets["ownership"] = facet_v2.ownership_job.OwnershipJobFacet(
            owners=[owner], producer=producer
        )
    return event_v2.Job(namespace=by.namespace, name=f"{thing}.{edge.step}", facets=facets)


def _run_facets(edge: Edge, job: str, by: Teller) -> dict[str, Any]:
    from openlineage.client import facet_v2

    producer = producer_of(by)
    parent, told = facet_v2.parent_run, facet_v2.execution_parameters_run
    tags = facet_v2.tags_run
    settings = [
        told.ExecutionParameter(key=key, value=json.dumps(value, ensure_ascii=False))
        for key, value in sorted(edge.parameters.items())
    ]
    return {
        "parent": parent.ParentRunFacet(
            run=parent.Run(runId=run_id(by.namespace, edge.entry)),
            job=parent.Job(namespace=by.namespace, name=job.partition(".")[0]),
            producer=producer,
        ),
        "processing_engine": facet_v2.processing_engine_run.ProcessingEngineRunFacet(
            version=by.version, name=SOURCE, producer=producer
        ),
        "executionParameters": told.ExecutionParametersRunFacet(
            parameters=settings, producer=producer
        ),
        "tags": tags.TagsRunFacet(
            tags=[
                tags.TagsRunFacetFields(key="trail.entry", value=str(edge.entry), source=SOURCE),
                tags.TagsRunFacetFields(key="step", value=edge.step, source=SOURCE),
            ],
            producer=producer,
        ),
    }


def _facets(node: Node, about: Described, by: Teller) -> dict[str, Any]:
    """What is told of a thing wherever it is named."""
    from openlineage.client import facet_v2

    producer = producer_of(by)
    found: dict[str, Any] = {
        "documentation": facet_v2.documentation_dataset.DocumentationDatasetFacet(
            description=node.title, producer=producer
        ),
        "dataSource": facet_v2.datasource_dataset.DatasourceDatasetFacet(
            name=by.namespace, uri=by.namespace, producer=producer
        ),
        "datasetType": facet_v2.dataset_type_dataset.DatasetTypeDatasetFacet(
            datasetType=KIND_TYPES[node.kind], subType=str(node.kind), producer=producer
        ),
    }
    if about.sha256:
        found["version"] = facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet(
            datasetVersion=about.sha256, producer=producer
        )
    if about.columns:
        found |= _schema(about, producer)
    if about.tags:
        found["tags"] = _tags(about, producer)
    if by.owner:
        own = facet_v2.ownership_dataset
        owner = own.Owner(name=f"organisation:{by.owner}", type="CONTROLLER")
        found["ownership"] = own.OwnershipDatasetFacet(owners=[owner], producer=producer)
    return found | _quality(about, producer)


def _schema(about: Described, producer: str) -> dict[str, Any]:
    from openlineage.client import facet_v2

    one = facet_v2.schema_dataset
    fields = [
        one.SchemaDatasetFacetFields(name=name, type=type_ or None, ordinal_position=place)
        for place, (name, type_) in enumerate(about.columns, 1)
    ]
    return {"schema": one.SchemaDatasetFacet(fields=fields, producer=producer)}


def _tags(about: Described, producer: str) -> Any:
    from openlineage.client import facet_v2

    one = facet_v2.tags_dataset
    return one.TagsDatasetFacet(
        tags=[
            one.TagsDatasetFacetFields(key=key, value=value, source=SOURCE, field=column or None)
            for column, key, value in about.tags
        ],
        producer=producer,
    )


def _quality(about: Described, producer: str) -> dict[str, Any]:
    """How many rows, missing and different values there are; nothing where it is not known."""
    from openlineage.client import facet_v2

    if about.rows is None:
        return {}
    one = facet_v2.data_quality_metrics_dataset
    metrics = {
        name: one.ColumnMetrics(
            nullCount=about.missing.get(name), distinctCount=about.distinct.get(name)
        )
        for name, _ in about.columns
    }
    facet = one.DataQualityMetricsDatasetFacet(
        columnMetrics=metrics, rowCount=about.rows, producer=producer
    )
    return {"dataQualityMetrics": facet}


def _counts(about: Described, producer: str) -> dict[str, Any]:
    from openlineage.client import facet_v2

    if about.rows is None:
        return {}
    one = facet_v2.output_statistics_output_dataset
    return {
        "outputStatistics": one.OutputStatisticsOutputDatasetFacet(
            rowCount=about.rows, producer=producer
        )
    }


def _column_lineage(edges: Sequence[Edge], by: Teller) -> dict[str, Any]:
    """Which column came from which; what hangs on a column as a whole stands beside them."""
    from openlineage.client import facet_v2

    one = facet_v2.column_lineage_dataset
    ways: dict[str, dict[tuple[str, str], list[Any]]] = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        for column in edge.columns:
            ways[column.made][edge.origin.key, column.origin].append(_transformation(column))
    fields = {
        made: [
            one.InputField(namespace=by.namespace, name=key, field=column, transformations=how)
            for (key, column), how in origins.items()
        ]
        for made, origins in ways.items()
    }
    whole = fields.pop("", [])
    if not fields and not whole:
        return {}
    told = {made: one.Fields(inputFields=inputs) for made, inputs in fields.items()}
    facet = one.ColumnLineageDatasetFacet(fields=told, dataset=whole, producer=producer_of(by))
    return {"columnLineage": facet}


def _transformation(column: ColumnEdge) -> Any:
    from openlineage.client import facet_v2

    return facet_v2.column_lineage_dataset.Transformation(
        type=str(column.kind),
        subtype=str(column.subkind),
        description=column.how,
        masking=column.masking,
    )
