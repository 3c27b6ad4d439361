"""What a server tells the commands that it starts."""

from __future__ import annotations

import pytest

from databases import databases_of
from settings import Settings, read_settings


@pytest.mark.parametrize("is_demo", [False, True])
def test_a_command_reads_the_database_that_is_shown(tmp_path, monkeypatch, is_demo):
    monkeypatch.chdir(tmp_path)
    of_server = Settings(database_url=f"sqlite:///{tmp_path}/real.db", demo_database_url=f"sqlite:///{tmp_path}/demo.db")

    of_command = read_settings(databases_of(of_server, is_demo=is_demo))

    assert of_command.database_url == (of_server.demo_database_url if is_demo else of_server.database_url)
