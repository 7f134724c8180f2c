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
    SecondPerson,
)
from compliance.report.nouns.report import (
    Document,
    Format,
    Report,
    ReportKind,
)
from compliance.report.nouns.requests import (
    CertificateEvidence,
    LetterEvidence,
    LogEvidence,
)
from compliance.report.nouns.signatures import Aspect, Checked, Holds, Signature, Statement
from compliance.report.nouns.standing import (
    ProcessingEvidence,
    SummaryEvidence,
)

__all__ = [
    "AnonymisationEvidence",
    "AnyEvidence",
    "Aspect",
    "CertificateEvidence",
    "Checked",
    "DatasetEvidence",
    "Document",
    "Evidence",
    "FederatedEvidence",
    "Format",
    "Holds",
    "ImpactEvidence",
    "ImpactVersion",
    "LetterEvidence",
    "LogEvidence",
    "ProcessingEvidence",
    "ReleaseEvidence",
    "Report",
    "ReportKind",
    "SecondPerson",
    "Signature",
    "Statement",
    "SummaryEvidence",
]
