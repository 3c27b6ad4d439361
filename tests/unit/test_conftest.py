"""The guards that all other tests rely on."""

import os
import socket
from pathlib import Path

import pytest
from sqlalchemy import text

from store.engine import Store, open_store


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("10.1.2.3", 80)])
def test_another_machine_cannot_be_reached(address: tuple[str, int]) -> None:
    with socket.socket() as client, pytest.raises(Exception, match="this machine only"):
        client.connect(address)


def test_a_name_elsewhere_is_not_looked_up() -> None:
    with pytest.raises(Exception, match="localhost only"):
        socket.create_connection(("example.org", 80), timeout=1)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_settings_of_the_operator_are_not_seen() -> None:
    assert not [name for name in os.environ if name.startswith("FLOORWALKER_")]


def test_a_store_starts_empty(store: Store) -> None:
    with store.read() as connection:
        assert connection.closed is False
    assert store.changes.latest() == 0


def schema(path: Path) -> list[tuple[str, str]]:
    store = open_store(f"sqlite:///{path}")
    with store.read() as connection:
        found = [(name, sql) for name, sql in connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name"))]
    store.close()
    return found


@pytest.mark.usefixtures("_tables_are_made_step_by_step")
def test_database_that_begins_as_a_copy_is_the_one_that_the_steps_make(database_path: Path, tmp_path: Path) -> None:
    assert schema(database_path) == schema(tmp_path / "anew.db") != []
