"""What is counted, for Prometheus.

Labels are words from short lists of ours: routes, methods, kinds of refusals. None is a name that
somebody gave, nor anything from a dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from compliance.errors import ComplianceError

if TYPE_CHECKING:
    from compliance.workspace.vitals import Counts, Vitals

MEDIA_TYPE = CONTENT_TYPE_LATEST
REGISTRY = CollectorRegistry()
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)

ProcessCollector(registry=REGISTRY)  # memory, processor time, open files
REQUESTS = Counter(
    "privacy_desk_requests",
    "Requests answered.",
    ["route", "method", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "privacy_desk_request_seconds",
    "Until a request was answered.",
    ["route"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
SESSIONS = Gauge("privacy_desk_sessions", "Windows that are open now.", registry=REGISTRY)
RUN_SECONDS = Histogram(
    "privacy_desk_page_seconds",
    "From what somebody did on a page until the page had answered.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
REFUSALS = Counter(
    "privacy_desk_refusals", "Refusals shown, by their kind.", ["kind"], registry=REGISTRY
)
CRASHES = Counter(
    "privacy_desk_crashes", "Pages that ended in an error nobody foresaw.", registry=REGISTRY
)


def refused(refusal: ComplianceError) -> None:
    """Count a refusal that an officer was shown."""
    REFUSALS.labels(type(refusal).__name__).inc()


def text(vitals: Callable[[], Vitals]) -> bytes:
    """All numbers in Prometheus's text form; the workspace's are left out where it is closed."""
    registry = CollectorRegistry()
    registry.register(_Workspace(vitals))
    return generate_latest(REGISTRY) + generate_latest(registry)


class _Workspace(Collector):
    """The counts of the workspace, asked for when somebody reads."""

    def __init__(self, vitals: Callable[[], Vitals]) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        try:
            counts = self._vitals().counts()
        except ComplianceError:
            yield _one("up", "Whether the workspace can be read.", 0)
            return
        yield _one("up", "Whether the workspace can be read.", 1)
        yield from _of(counts)


def _of(counts: Counts) -> Iterator[Metric]:
    yield _one("trail_entries", "Entries of the trail.", counts.entries)
    for name, number in counts.stored.items():
        yield _one(name, f"Records of {name}.", number)
    if counts.verified_at is not None:
        is_whole = float(bool(counts.is_whole))
        yield _one("trail_whole", "Whether the trail was whole when last verified.", is_whole)
        at = counts.verified_at.timestamp()
        yield _one("trail_verified_timestamp_seconds", "When that was.", at)
    if counts.worker_seen_at is not None:
        at = counts.worker_seen_at.timestamp()
        yield _one("worker_seen_timestamp_seconds", "When a worker last looked for work.", at)


def _one(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"privacy_desk_{name}", about, value=value)
