"""Starts what answers at a site, with the coins and the noise that the site draws where it does.

Runs in Flower's environment, in the site's folder, with the arguments of `flower-superexec`.
"""

from __future__ import annotations

from pathlib import Path

from compliance.federated.flower.executor import serve
from compliance.workspace.federating.noise import secrets_at_site

if __name__ == "__main__":
    serve(Path.cwd(), secrets_at_site)
