"""A report, and the evidence that it is made from."""

from compliance.report.nouns.evidence import (
    AnonymisationEvidence,
    AnyEvidence,
    DatasetEvidence,
    Evidence,
    FederatedEvidence,
    ImpactEvidence,
    ImpactVersion,
    ReleaseEvidence,
)
from compliance.report.nouns.report import (
    Document,
    Report,
    ReportKind,
)
from compliance.report.nouns.requests import (
    CertificateEvidence,
    LetterEvidence,
    LogEvidence,
)
from compliance.report.nouns.standing import (
    ProcessingEvidence,
    SummaryEvidence,
)

__all__ = [
    "AnonymisationEvidence",
    "AnyEvidence",
    "CertificateEvidence",
    "DatasetEvidence",
    "Document",
    "Evidence",
    "FederatedEvidence",
    "ImpactEvidence",
    "ImpactVersion",
    "LetterEvidence",
    "LogEvidence",
    "ProcessingEvidence",
    "ReleaseEvidence",
    "Report",
    "ReportKind",
    "SummaryEvidence",
]
