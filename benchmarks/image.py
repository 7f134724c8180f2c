"""The Dockerfile rehearsed without Docker: `make rehearse-image` (as root, on Linux).

Every step runs as it is written, in a layer over this machine's own root that is thrown away at
the end: RUN in a shell, COPY from the tree as .dockerignore leaves it, ENV, WORKDIR, USER, and at
last CMD and HEALTHCHECK as the image's user on a root that nobody can write to. What it cannot
show: the base image itself (this machine's Python and libraries stand in for it), and what Docker
itself forbids a container.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = "8501"
_WAIT_S = 120
_INSIDE = "--inside"


@dataclass(slots=True)
class Stage:
    """One FROM and what follows it, as instruction and rest."""

    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def stages(text: str) -> list[Stage]:
    """The stages of a Dockerfile, comments left out and lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found: list[Stage] = []
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append(Stage(rest.split()[-1]))
        elif word and found:
            found[-1].steps.append((word, rest.strip()))
    return found


def context(root: Path) -> Iterator[Path]:
    """The files that a builder is sent: what .dockerignore lets through, from the root."""
    rules = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [rule for rule in rules if rule and not rule.startswith("#")]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if is_sent(name, rules) and (root / name).is_file():
            yield Path(name)


def is_sent(name: str, rules: list[str]) -> bool:
    """Whether the last rule that fits `name`, or a folder that it is in, lets it through."""
    places = [name, *(str(folder) for folder in Path(name).parents if str(folder) != ".")]
    sent = True
    for rule in rules:
        pattern = rule.lstrip("!").removeprefix("**/")
        deep = rule.lstrip("!").startswith("**/")
        if any(
            fnmatch.fnmatchcase(Path(place).name if deep else place, pattern)
            and (deep or pattern == "*" or place.count("/") == pattern.count("/"))
            for place in places
        ):
            sent = rule.startswith("!")
    return sent


class Layer:
    """A root over this machine's own, and the image's settings so far."""

    def __init__(self, folder: Path, stage: Stage, others: Mapping[str, Layer]) -> None:
        self.root, self._stage, self._others = folder / "root", stage, others
        self.environment: dict[str, str] = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        }
        self.workdir, self.user = "/", "0:0"
        self.command: list[str] = []
        self.health: list[str] = []
        for name in ("root", "upper", "work"):
            (folder / name).mkdir(parents=True)
        over = f"lowerdir=/,upperdir={folder / 'upper'},workdir={folder / 'work'}"
        _run("mount", "-t", "overlay", "overlay", "-o", over, str(self.root))
        self._lend_python()
        for place in ("proc", "dev", "sys"):
            _run("mount", "--rbind", f"/{place}", str(self.root / place))

    def _lend_python(self) -> None:
        """`python`, as the base image has it; its folders may be read by everybody here."""
        python = Path(sys._base_executable).resolve()
        for folder in python.parents[:-1]:
            (self.root / folder.relative_to("/")).chmod(0o755)
        link = self.root / "usr/local/bin/python"
        link.unlink(missing_ok=True)
        # No link: an environment made through one would look for Python's library beside it.
        link.write_text(f'#!/bin/sh\nexec {python} "$@"\n', encoding="utf-8")
        link.chmod(0o755)

    def build(self) -> None:
        """Take every step."""
        for word, rest in self._stage.steps:
            print(f"  {word} {rest[:90]}", flush=True)
            if word == "RUN":
                kept = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_"))}
                self.run(["/bin/sh", "-eu", "-c", rest], kept)
            elif word == "COPY":
                self._copy(rest)
            elif word == "ENV":
                self.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            elif word == "WORKDIR":
                self.workdir = rest
                self._inside(rest).mkdir(parents=True, exist_ok=True)
            elif word == "USER":
                self.user = rest
            elif word == "CMD":
                self.command = json.loads(rest)
            elif word == "HEALTHCHECK":
                self.health = json.loads(rest.partition("CMD ")[2])

    def _copy(self, rest: str) -> None:
        words = rest.split()
        origin = ROOT
        if words[0].startswith("--from="):
            origin = self._others[words.pop(0).removeprefix("--from=")].root
        *sources, target = words
        for source in sources:
            place = (
                self._inside(target)
                if target.startswith("/")
                else self._inside(f"{self.workdir}/{target}")
            )
            if origin != ROOT:
                shutil.copytree(origin / source.lstrip("/"), place, symlinks=True)
                continue
            names = [name for name in context(ROOT) if name.is_relative_to(source)]
            assert names, f"{source} is not sent to the builder"
            for name in names:
                is_file = name == Path(source)
                to = (
                    place / name.name
                    if is_file and target.endswith("/")
                    else place / (name.relative_to(source) if not is_file else "")
                )
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, to)

    def _inside(self, place: str) -> Path:
        return self.root / place.lstrip("/")

    def started(self, command: list[str], extra: Mapping[str, str] | None = None) -> list[str]:
        """`command` as it is started in this root, by the image's user in its folder."""
        words = [f"{k}={v}" for k, v in {**(extra or {}), **self.environment}.items()]
        inner = f"cd {shlex.quote(self.workdir)} && exec {shlex.join(command)}"
        start = ["chroot", f"--userspec={self.user}", "--groups=", str(self.root)]
        return [*start, "/usr/bin/env", "-i", *words, "/bin/sh", "-c", inner]

    def run(self, command: list[str], extra: Mapping[str, str] | None = None) -> None:
        _run(*self.started(command, extra))

    def close(self) -> None:
        """Nobody writes from here on, but to the volume and to /tmp."""
        inside, outside = self._inside("/data"), self.root.with_name("volume")
        shutil.copytree(inside, outside)
        shutil.copystat(inside, outside)
        os.chown(outside, inside.stat().st_uid, inside.stat().st_gid)
        _run("mount", "-o", "remount,ro", str(self.root))
        _run("mount", "--bind", str(outside), str(inside))
        _run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(self._inside("/tmp")))  # noqa: S108


def rehearse(folder: Path) -> None:
    """Build every stage, start the last one, and ask it whether it is well."""
    layers: dict[str, Layer] = {}
    for stage in stages((ROOT / "Dockerfile").read_text(encoding="utf-8")):
        print(f"stage {stage.name}", flush=True)
        layers[stage.name] = Layer(folder / stage.name, stage, layers)
        layers[stage.name].build()
    last = layers[stage.name]
    last.close()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    began = time.monotonic()
    command = [word.replace(PORT, port) for word in last.command]
    health = last.started([word.replace(PORT, port) for word in last.health])
    with subprocess.Popen(last.started(command), start_new_session=True) as process:
        try:
            while subprocess.run(health, capture_output=True, check=False).returncode:
                assert process.poll() is None, "the image's command ended by itself"
                assert time.monotonic() - began < _WAIT_S, "the image never became well"
                time.sleep(0.5)
            print(f"well after {time.monotonic() - began:.1f} s, as user {last.user}", flush=True)
            _look(last)
        finally:
            process.terminate()
            print(f"ended by SIGTERM with {process.wait(30)}", flush=True)


def _look(last: Layer) -> None:
    """What must not be: a tree that the user can write, bytecode that is missing, secrets."""
    for place in ("/opt/privacy-desk/x", "/opt/venv/x", "/etc/x"):
        done = subprocess.run(last.started(["touch", place]), capture_output=True, check=False)
        assert done.returncode, f"{place} could be written"
    tree = last._inside("/opt/privacy-desk")
    names = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    sources = {name for name in names if name.endswith(".py")}
    compiled = sum(name.endswith(".pyc") for name in names)
    strangers = [
        n for n in names if n.startswith(("tests", ".git", "secrets", "docs", "benchmarks"))
    ]
    assert compiled >= len(sources) > 0
    assert not strangers
    size = sum(p.stat().st_size for p in last._inside("/opt").rglob("*") if p.is_file())
    print(
        f"{len(sources)} sources, {compiled} compiled, {size / 2**20:,.0f} MB in /opt", flush=True
    )


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def main() -> int:
    """Rehearse in a mount namespace of our own, so that nothing stays mounted."""
    if _INSIDE in sys.argv:
        rehearse(Path(sys.argv[-1]))
        return 0
    if os.geteuid() or not shutil.which("unshare"):
        print("The image is rehearsed by root on Linux: layers of files need it.")
        return 3
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    try:
        inside = [sys.executable, __file__, _INSIDE, str(folder)]
        command = ["unshare", "--mount", "--propagation", "private", *inside]
        return subprocess.run(command, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
