"""The app loads what is slow before anybody waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """
import sys
from pages.parts import server
print("compliance.workspace" in sys.modules)
server.ready.start()
server.ready.join(60)
print(sorted({"opendp", "dp_accounting"} & sys.modules.keys()))
"""


def test_the_server_loads_what_draws_and_prices_noise_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )

    before, after = done.stdout.splitlines()
    assert before == "False"  # it answers a browser's first questions without the workspace
    assert after == "['dp_accounting', 'opendp']"


def test_what_the_first_page_imports_is_loaded_before_anybody_comes(tmp_path: Path) -> None:
    program = """
import sys
from pages.parts import sharing
sharing._load_first_page()
before = set(sys.modules)
from streamlit.testing.v1 import AppTest
assert not AppTest.from_file("app.py", default_timeout=60).run().exception
late = sys.modules.keys() - before
ours = (name for name in late if name.startswith(("pages.", "compliance.", "pandas.")))
print(sorted(name for name in ours if "migrations" not in name))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PRIVACY_DESK_HOME": str(tmp_path / "desk")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"


def test_the_command_line_does_without_until_it_draws() -> None:
    program = "import sys, compliance.cli; print('opendp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"
