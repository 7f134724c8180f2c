"""How somebody else can check an anonymisation: hashes, versions, commands, the plan."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Sequence

from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import AnonymisationEvidence
from compliance.report.tables import Fill, Plain, fact
from compliance.report.texts import texts
from compliance.report.wording import count

_DESK = "python -m compliance"
_RECEIVED = "received"


def to_rechecks(evidence: AnonymisationEvidence) -> Plain:
    """Facts, the commands for whoever has the output, and the plan line by line."""
    said = texts()["anonymisation"]["steps"]
    return {
        "facts": _facts(evidence),
        "steps": [
            {"lines": [line], "does": said[name]} for name, line in _commands(evidence).items()
        ],
        "inside": _again_inside(evidence),
        "inside_does": said["anonymise"],
        "plan": evidence.plan.rstrip("\n").split("\n"),
    }


def _facts(evidence: AnonymisationEvidence) -> list[Plain]:
    done, libraries = evidence.done, evidence.done.libraries
    versions = [f"{name} {version}" for name, version in sorted(libraries.items())]
    entry = (
        _("number {n}, dataset.anonymise").format(n=count(evidence.entry)) if evidence.entry else ""
    )
    return [
        fact(_("Output, SHA-256"), done.proof.sha256, fill=Fill.CODE),
        fact(_("Output, rows"), count(done.proof.rows)),
        fact(
            _("Made from"),
            _("{dataset}, version {version}").format(
                dataset=evidence.dataset.name, version=evidence.dataset.version
            ),
        ),
        fact(_("Its SHA-256"), evidence.dataset.sha256, fill=Fill.CODE),
        fact(
            _("Stored as"),
            _("{dataset}, version {version}").format(
                dataset=evidence.output.name, version=evidence.output.version
            ),
        ),
        fact(_("Reference"), done.id, fill=Fill.NAME),
        fact(_("Entry in the trail"), wording.recorded(entry), missing=not entry),
        fact(_("Versions that computed it"), wording.listed(versions, wording.NOT_RECORDED)),
    ]


def _commands(evidence: AnonymisationEvidence) -> dict[str, str]:
    after = evidence.done.proof.after
    sensitive = f" --sensitive {_typed(list(after.sensitive))}" if after.sensitive else ""
    quasi = _typed(evidence.done.plan.columns)
    return {
        "hash": "sha256sum output.csv",
        "add": f"{_DESK} dataset add output.csv --name {_RECEIVED}",
        "risk": f"{_DESK} risk {_RECEIVED} --quasi {quasi}{sensitive}",
        "discover": f"{_DESK} discover {_RECEIVED}",
    }


def _again_inside(evidence: AnonymisationEvidence) -> list[str]:
    name = shlex.quote(evidence.dataset.name)
    return [f"{_DESK} anonymise {name} --plan plan.yaml --out again.csv"]


def _typed(columns: Sequence[str]) -> str:
    """Names of columns as the command line takes them: one argument, quoted where needed."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(columns)
    return shlex.quote(line.getvalue())
