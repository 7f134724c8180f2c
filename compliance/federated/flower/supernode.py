"""Flower's SuperNode for one site, which runs the site's own code and no other.

Flower's way is to send an app along with a run and to let every node run it: whoever may start a
run could read every site's rows. Here the node runs in Flower's mode for executors of one's own
(`--isolation process`), and `executor` answers with the code that lies in the site's folder.

Runs in Flower's environment, in the site's folder, with the arguments of `flower-supernode` but
for those given here.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from flwr.supernode.cli.flower_supernode import flower_supernode

from compliance.federated.flower.line import LOOPBACK
from compliance.federated.flower.secret_files import write_secret
from compliance.federated.flower.watching import end_with_desk, together

_SECRET = Path("executor.secret")  # what node and executor know each other by


def main(port: int, arguments: list[str]) -> None:
    """Start the node and its executor, which talk at `port` of this machine.

    Whichever ends first ends the other.
    """
    _SECRET.unlink(missing_ok=True)
    write_secret(_SECRET, secrets.token_bytes(32))
    with_secret = ["--superexec-auth-secret-file", str(_SECRET)]
    module = "compliance.workspace.federating.executor"
    executor = [sys.executable, "-P", "-m", module, "--insecure"]
    executor += ["--runtime-api-address", f"{LOOPBACK}:{port}", "--parent-pid", str(os.getpid())]
    with together([*executor, *with_secret]):
        here = ["--isolation", "process", "--host", LOOPBACK, "--port", str(port)]
        sys.argv[1:] = [*arguments, *here, *with_secret]
        end_with_desk()
        flower_supernode()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
