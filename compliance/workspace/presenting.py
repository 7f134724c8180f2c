"""A demo shop of one's own to present: nothing of the real workspace is in it.

Building the shop takes about ten seconds, so one is prepared in a folder beside the records, and
whoever presents gets a copy of it. A reset throws the copy away and takes another.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

from compliance.access import permissions
from compliance.access.nouns import Actor
from compliance.errors import WorkspaceError
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.coding import code

FOLDER = "presenting"  # below the workspace folder; no backup holds it
OPENED = "opened"  # the preference that says how many entries building the shop took

_PRESENTER = "presenter"
_AT_MOST = 8  # shops open at a time
_FRESH_S = 24 * 3600  # the shop counts its days from when it was built
# What reaches beyond the shop: files and addresses of this machine, and accounts.
_BEYOND = frozenset(
    {
        *("account.keep", "account.remove", "anchor.keep", "backup.make", "backup.restore"),
        *("dataset.add", "dataset.keep", "deployment.write", "lineage.import", "register.import"),
        *("request.import", "consent.import", "impact.import", "rules.keep", "schedule.keep"),
    }
)

Build = Callable[[Workspace], object]
_Copy = tuple[Workspace, Callable[[], object]]  # and what throws it away


def presenter(actor: Actor) -> Actor:
    """Whoever presents, without a name: with the rights that `actor` has, inside the shop."""
    theirs = {right for right, roles in permissions().items() if roles & actor.roles}
    return Actor(
        name=_PRESENTER, roles=frozenset(), rights=frozenset((theirs | actor.rights) - _BEYOND)
    )


class Stages:
    """The demo shops that are presented now, one for each person. Safe to share by threads."""

    def __init__(self, home: Path, build: Build = Workspace.build_demo) -> None:
        """Nobody presents yet; what was left by a process that ended is thrown away.

        Args:
            home: the real workspace folder.
            build: builds the shop in an empty workspace.
        """
        self._folder, self._build = home / FOLDER, build
        self._one_at_a_time = threading.Lock()
        self._stages: dict[str, _Copy] = {}
        self._sweep()

    def is_ready(self) -> bool:
        """Whether a shop is prepared, so that a copy of it is there at once."""
        return _is_fresh(self._prepared / "secret.key")

    def of(self, person: str) -> Workspace:
        """The shop that this person presents, as they left it; a new one the first time.

        Raises:
            WorkspaceError: the folder cannot be written.
        """
        with self._one_at_a_time:
            if person not in self._stages:
                self._stages[person] = self._copied()
            for oldest in list(self._stages)[:-_AT_MOST]:
                if oldest != person:
                    self._stages.pop(oldest)[1]()
            return self._stages[person][0]

    def reset(self, person: str) -> None:
        """Throw this person's shop away; the next look finds it as it was first opened."""
        with self._one_at_a_time:
            gone = self._stages.pop(person, None)
        if gone is not None:
            gone[1]()

    @property
    def _prepared(self) -> Path:
        return self._folder / f"prepared-{code().partition('+')[2]}"

    def _copied(self) -> _Copy:
        try:
            self._prepare()
            place = Path(mkdtemp(prefix="shop-", dir=self._folder))
            throw_away = finalize(self, shutil.rmtree, place, ignore_errors=True)
            shutil.copytree(self._prepared, place, dirs_exist_ok=True)
            place.touch()  # it would be as old as what it was copied from
        except OSError:
            reason = "it cannot be written; choose another folder or ask for the right to write"
            raise WorkspaceError(home=self._folder, reason=reason) from None
        return Workspace(_settings(place)), throw_away

    def _prepare(self) -> None:
        """Build the shop, where there is none or it is of another day or another version."""
        if self.is_ready():
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        building = Path(mkdtemp(prefix="building-", dir=self._folder))
        shop = Workspace(_settings(building))
        self._build(shop)
        shop.guiding.keep(OPENED, str(shop.guiding.entries()))
        for older in self._folder.glob("prepared-*"):
            shutil.rmtree(older, ignore_errors=True)
        try:
            building.rename(self._prepared)
        except OSError:
            if not self.is_ready():  # else another process was faster
                raise
            shutil.rmtree(building, ignore_errors=True)

    def _sweep(self) -> None:
        for left in (*self._folder.glob("shop-*"), *self._folder.glob("building-*")):
            if not _is_fresh(left):
                shutil.rmtree(left, ignore_errors=True)


def _settings(home: Path) -> Settings:
    """Records in the folder itself, and nothing that reaches outside."""
    return Settings(
        home=home, database_url=f"sqlite:///{home / 'records.sqlite'}", actor=_PRESENTER
    )


def _is_fresh(path: Path) -> bool:
    """Whether something is there, and was made within a day."""
    try:
        return time.time() - path.stat().st_mtime < _FRESH_S
    except FileNotFoundError:
        return False
