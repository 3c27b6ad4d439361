"""What every test stands on: no network but this machine, a fixed clock, a database of its own, no settings of the operator's."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Connection, Engine, text

from store import engine, migrations
from store.engine import Memory, Store, open_store
from tests.postgres_server import postgres_server

ROOT = Path(__file__).resolve().parent.parent
POSTGRES_VARIABLE = "FLOORWALKER_TEST_POSTGRES"
POSTGRES_URL = pytest.StashKey[str]()

# How long one example may take says more of what else this machine does than of us.
hypothesis.settings.register_profile("whatever else runs", deadline=None)
hypothesis.settings.load_profile("whatever else runs")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        action="append",
        choices=("sqlite", "postgres"),
        help=f"databases that tests of the store run on; sqlite, and postgres where {POSTGRES_VARIABLE} names a server "
        "(without that variable, --db postgres starts one of its own)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Forget what the operator has set: tests, and what they start, see the defaults."""
    config.stash[POSTGRES_URL] = os.environ.get(POSTGRES_VARIABLE, "")
    for name in [name for name in os.environ if name.startswith("FLOORWALKER_")]:
        del os.environ[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store_url" in metafunc.fixturenames:
        default = ["sqlite", "postgres"] if metafunc.config.stash[POSTGRES_URL] else ["sqlite"]
        metafunc.parametrize("store_url", metafunc.config.getoption("--db") or default, indirect=True)


class NetworkBlockedError(Exception):
    """A test tried to reach another machine."""


def _is_local(family: int, address: Any) -> bool:
    if family == socket.AF_UNIX:
        return True
    host = str(address[0])
    return host in ("", "localhost") or (_is_address(host) and ip_address(host.split("%")[0]).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine answers. Names other than localhost are refused before they are looked up."""
    look_up = socket.getaddrinfo

    def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any, *rest: Any) -> Any:
            if not _is_local(self.family, address):
                raise NetworkBlockedError(f"tests reach this machine only, not {address!r}")
            return method(self, address, *rest)

        return call

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name != "localhost" and not _is_address(name):
            raise NetworkBlockedError(f"tests look up localhost only, not {name!r}")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture(autouse=True)
def _empty_streamlit_caches() -> Iterator[None]:
    """Streamlit's caches belong to the process and would carry over; a test that does not use Streamlit does not load it."""
    yield
    streamlit = sys.modules.get("streamlit")
    if streamlit is not None:
        streamlit.cache_data.clear()
        streamlit.cache_resource.clear()


@dataclass(slots=True)
class FixedClock:
    """A clock that moves only when told to. Called, it says the time; `ms` is the same in milliseconds."""

    at: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    @property
    def ms(self) -> int:
        return int(self.at.timestamp() * 1000)

    def advance(self, **span: float) -> None:
        """Move on by what `timedelta` takes: `clock.advance(minutes=30)`."""
        self.at += timedelta(**span)


@pytest.fixture
def clock() -> FixedClock:
    """A Monday at noon, UTC."""
    return FixedClock()


@pytest.fixture(scope="session")
def _postgres_url(pytestconfig: pytest.Config) -> Iterator[str]:
    given = pytestconfig.stash[POSTGRES_URL]
    if given:
        yield given
        return
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="session", autouse=True)
def _no_loss_of_power() -> tuple[str, ...]:
    """Writes of this process need not reach the disk; what tests kill is a process of its own, and writes as it always does."""
    in_use = engine.SQLITE_WRITER_PRAGMAS
    engine.SQLITE_WRITER_PRAGMAS = tuple(line.replace("= FULL", "= OFF") for line in in_use)
    return in_use


@pytest.fixture
def _writes_reach_the_disk(_no_loss_of_power: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test of just that: writes as the program in use does."""
    monkeypatch.setattr(engine, "SQLITE_WRITER_PRAGMAS", _no_loss_of_power)


@pytest.fixture(scope="session")
def made_database(_no_loss_of_power: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all its tables and nothing in them: a copy of it is made sooner than another."""
    path = tmp_path_factory.mktemp("made") / "x.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session", autouse=True)
def _tables_are_made_once(made_database: Path) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A database that is not there yet begins as such a copy, and tables that were found to be ours are not looked at again."""
    in_use = engines_of, compare = engine._sqlite_engines, migrations._compare_columns
    found_right: set[tuple[Any, ...]] = set()

    def engines_of_copy(path: Path, memory: Memory) -> tuple[Engine, Engine]:
        if path.parent.is_dir() and not path.exists():
            shutil.copy(made_database, path)
        return engines_of(path, memory)

    def compare_once(connection: Connection) -> None:
        is_sqlite = connection.dialect.name == "sqlite"
        tables = tuple(connection.execute(text("SELECT sql FROM sqlite_master")).scalars()) if is_sqlite else None
        if tables not in found_right:
            compare(connection)
        if tables is not None:
            found_right.add(tables)

    engine._sqlite_engines, migrations._compare_columns = engines_of_copy, compare_once
    return in_use


@pytest.fixture
def _tables_are_made_step_by_step(
    _tables_are_made_once: tuple[Callable[..., Any], Callable[..., Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a test of just that: databases are made and looked at as by the program in use."""
    engines_of, compare = _tables_are_made_once
    monkeypatch.setattr(engine, "_sqlite_engines", engines_of)
    monkeypatch.setattr(migrations, "_compare_columns", compare)


@pytest.fixture
def database_path(made_database: Path, tmp_path: Path) -> Path:
    """An empty SQLite database of this test's own."""
    return Path(shutil.copy(made_database, tmp_path / "x.db"))


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of this test's own; one run for each kind that `--db` names."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('database_path')}"
        return
    import psycopg
    from sqlalchemy.engine import make_url

    name = f"floorwalker_test_{uuid.uuid4().hex}"
    server = make_url(request.getfixturevalue("_postgres_url")).set(drivername="postgresql")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty database, migrated."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real transcripts of several vendors, where they lie beside the project."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"there are no real transcripts at {path}")
    return path
