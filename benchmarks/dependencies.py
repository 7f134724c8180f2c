"""Whether a known hole is in what the project stands on: `make audit-code`.

pip-audit says “No known vulnerabilities found” and ends with 0 also where it could ask nobody: its
list then says of every package that it was skipped. That is no clean bill, and is not shown as one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
CLEAN, HOLES, UNCHECKED = 0, 1, 3
_WAIT_S = 600


def verdict(dependencies: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """How the check ended, and what it says, line by line.

    Args:
        dependencies: of pip-audit's list, each with `name` and `vulns` or `skip_reason`.
    """
    unchecked = [d["name"] for d in dependencies if "skip_reason" in d]
    holes = [(d, hole) for d in dependencies for hole in d.get("vulns", ())]
    lines = [
        f"{d['name']} {d['version']}: {hole['id']}, mended in "
        + (", ".join(hole["fix_versions"]) or "no version yet")
        for d, hole in holes
    ]
    checked = len(dependencies) - len(unchecked)
    if unchecked or not dependencies:
        lines.append(
            f"{len(unchecked)} of {len(dependencies)} packages could not be checked: the lists of "
            "known holes (pypi.org, osv.dev) were not reached or do not know them. This is no "
            "clean bill; run it where they can be reached."
        )
    if checked:
        lines.append(f"{checked} packages were checked, {len(holes)} known holes found.")
    code = HOLES if holes else UNCHECKED if unchecked or not dependencies else CLEAN
    return code, lines


def audit(lock: Path) -> list[dict[str, Any]]:
    """What pip-audit finds about the packages in `lock`; empty where it gave no answer."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(lock), "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_WAIT_S)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return found


if __name__ == "__main__":
    code, lines = verdict(audit(LOCK))
    print("\n".join(lines))
    sys.exit(code)
