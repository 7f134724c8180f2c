"""What all tests share."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
from hypothesis import settings as hypothesis_settings

from compliance.dataset import RawFile, Table
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column, ColumnName, Description, LegalBasis
from compliance.dataset.table import to_parquet
from compliance.i18n import gathering
from compliance.settings import Settings
from compliance.storage import Database
from compliance.workspace import Workspace
from compliance.workspace.desk import Desk
from tests import kept
from tests.postgresql import Server, running
from tests.redirected import copy_records, forget, redirect, redirect_child

# The library of JSON schemas asks for it, and it takes four seconds to build the grammar of
# international addresses, which none of our schemas names.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

# How long an example takes says more about the machine than about the desk.
hypothesis_settings.register_profile("desk", deadline=None)
hypothesis_settings.load_profile("desk")

# Needs the records to be in a file: it looks into it, copies it, or hands it to another program.
IN_A_FILE = "in_a_file"

# Looks at what is the same wherever records are, in a module whose other tests do not.
ANYWHERE = "anywhere"

# What is looked at here is the same wherever records are: windows, pages, print, noise, networks,
# our own code, what may not be read, engines for large tables.
SAME_ANYWHERE = re.compile(
    r"browser/|statistical/"
    r"|pages/test_(?!page_jobs|visiting|accounts_page|approvals_page|requests_page|trail_page)"
    r"|test_(architecture|bigdata_plan|deploy|flower|fuzz|glossary|i18n|report_standards|security_code"
    r"|security_files|selfaudit|tracing_truth)\.py"
)

ROOT = Path(__file__).resolve().parent.parent
CANARY_PERSON, CANARY_COUNTRY = 77_777, "Zembla_only_one"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--records",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="where workspaces keep their records; with postgresql, only tests that have one run",
    )
    parser.addoption(
        "--all-lines",
        action="store_true",
        help="with postgresql, run tests of the command line, too, that have no workspace in hand",
    )


def pytest_configure(config: pytest.Config) -> None:
    """One server for all workers, who share folders; see `kept.once`."""
    if config.getoption("records") == "postgresql" and "PYTEST_XDIST_WORKER" not in os.environ:
        held = ExitStack()
        config.add_cleanup(held.close)
        redirect(held.enter_context(running()))
    else:
        redirect_child()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `--records postgresql`, do not even import what is the same anywhere."""
    if config.getoption("records") == "sqlite" or not collection_path.is_file():
        return None
    where = collection_path.relative_to(ROOT / "tests").as_posix()
    return True if SAME_ANYWHERE.match(where) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--records postgresql`, leave out what has no workspace, or is the same anywhere."""
    if config.getoption("records") == "sqlite":
        return
    has_all = config.getoption("all_lines")
    kept = [item for item in items if isinstance(item, pytest.Function)]
    kept = [item for item in kept if _can_be(item) and (has_all or _has_records(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _can_be(item: pytest.Function) -> bool:
    """Whether the records of a test can be elsewhere."""
    says_where = hasattr(item, "callspec") and "settings" in item.callspec.params
    return not (
        says_where or item.get_closest_marker(IN_A_FILE) or item.get_closest_marker("browser")
    )


def _has_records(item: pytest.Function) -> bool:
    if item.get_closest_marker(ANYWHERE):
        return False
    return "settings" in item.fixturenames or _opens_records(item.module)


@functools.cache
def _opens_records(module: ModuleType) -> bool:
    """Whether a module of tests has in hand what opens a workspace, itself or through another."""
    opening = {Workspace, Settings, Desk, Database}
    for thing in vars(module).values():
        if isinstance(thing, type) and thing in opening:
            return True
        origin = thing if isinstance(thing, ModuleType) else _module_of(thing)
        others = origin is not None and origin.__name__ not in (module.__name__, __name__)
        if others and origin.__name__.startswith("tests.") and _opens_records(origin):
            return True
    return False


def _module_of(thing: object) -> ModuleType | None:
    return sys.modules.get(getattr(thing, "__module__", None) or "") if callable(thing) else None


@pytest.fixture(autouse=True)
def _room_for_the_next(request: pytest.FixtureRequest) -> Iterator[None]:
    """Databases that a test made in its own folder go when it ends."""
    folder = None
    if request.config.getoption("records") == "postgresql" and "tmp_path" in request.fixturenames:
        folder = request.getfixturevalue("tmp_path")
    yield
    if folder is not None:
        forget(folder)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data sets with ground truth; tests that need them skip where they are absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data sets are not beside the project")
    return folder


@pytest.fixture(scope="session")
def gathered() -> gathering.Gathered:
    """All words that are said, by room; all code is read for them, so once."""
    return gathering.gather()


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., tuple[Table, tuple[Column, ...]]]:
    """Columns given as lists, cleaned and stored: `table, columns = stored(city=[...])`."""

    def store(**lists: Sequence[object]) -> tuple[Table, tuple[Column, ...]]:
        cleaned = clean(pa.table({name: pa.array(values) for name, values in lists.items()}))
        data = to_parquet(cleaned.table)
        path = tmp_path / f"{hashlib.sha256(data).hexdigest()}.parquet"
        path.write_bytes(data)
        return Table(path), cleaned.columns

    return store


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The tests' own server; it starts with the first test that asks for it."""
    with running() as server:
        yield server


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A folder of its own and empty records: in SQLite, except where a test says `on_both`."""
    environment = {}
    if getattr(request, "param", "sqlite") == "postgresql":
        server = request.getfixturevalue("postgresql")
        environment["PRIVACY_DESK_DATABASE_URL"] = server.address(server.new_database())
    return Settings.from_environment(environment, home=tmp_path / "desk")


@pytest.fixture(scope="session", autouse=True)
def _kept_for_all_workers(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    kept.place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _records_are_copied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if request.config.getoption("records") == "sqlite":
        copy_records(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def workspace(settings: Settings) -> Workspace:
    """An empty workspace in a folder of its own."""
    return Workspace(settings)


Begin = Callable[[str, Callable[[Workspace], object]], Workspace]


@pytest.fixture
def begin(settings: Settings) -> Begin:
    """A workspace as `fill` leaves it, filled once for all: `shop = begin("shop", fill)`.

    Each test has a copy to itself. Where a test says on which database, or has opened the desk
    already, it is filled there.
    """

    def filled(where: Settings, fill: Callable[[Workspace], object]) -> Workspace:
        workspace = Workspace(where)
        fill(workspace)
        return workspace

    def begun(name: str, fill: Callable[[Workspace], object]) -> Workspace:
        if not settings.database_url.startswith("sqlite") or settings.home.exists():
            return filled(settings, fill)
        there = functools.partial(Settings.from_environment, {})
        made = kept.named(name, lambda home: filled(there(home=home), fill))
        shutil.copytree(made, settings.home)
        return Workspace(settings)

    return begun


@pytest.fixture(scope="session")
def orders_csv() -> bytes:
    """Orders of 900 people in three countries, and of one alone."""
    lines = ["customer,country,amount,device,region,bought"]
    for person in range(900):
        country = ("DE", "FR", "CN")[person % 3]
        for order in range(1 + person % 3):
            amount = 5 + (person * 7 + order * 13) % 90
            bought = "true" if (amount > 50) != (person % 11 == 0) else "false"
            device = ("phone", "tablet", "desktop")[person % 3]
            lines.append(f"{person}.0,{country},{amount}.50,{device},R{person % 4},{bought}")
    lines += [f"{CANARY_PERSON}.0,{CANARY_COUNTRY},66.00,phone,R1,true"] * 40
    return "\n".join(lines).encode()


@pytest.fixture
def shop(begin: Begin, orders_csv: bytes) -> Workspace:
    """A described dataset `orders` from `orders_csv`."""
    return begin("shop", lambda workspace: add_orders(workspace, orders_csv))


def add_orders(workspace: Workspace, orders: bytes) -> None:
    """Make `workspace` a shop."""
    description = Description(
        data_subjects="customers",
        purpose="orders",
        legal_basis=LegalBasis.CONTRACT,
        region="DE",
        retention_months=24,
        source="shop",
        population="customers",
        unit=ColumnName("customer"),
    )
    workspace.add_files([RawFile(name="orders.csv", data=orders)], "orders", description)
