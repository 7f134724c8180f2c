"""What every copy of a report says of the signed one."""

from compliance.i18n import translate as _
from compliance.report.manuscript import Manuscript


def about_copy(manuscript: Manuscript) -> str:
    """That only the PDF is signed, and by which hash its evidence is known."""
    return _(
        "This is a copy. Only the PDF of this report is signed and carries its "
        "evidence, evidence.json, whose SHA-256 is {sha256}."
    ).format(sha256=manuscript.evidence)
