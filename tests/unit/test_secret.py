"""The kept secret: the same after a restart, nobody else's to read, and never the reason for not starting."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from live import secret as secret_module
from live.secret import FILE, kept_secret


def test_secret_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = kept_secret(tmp_path)

    assert len(first) >= 32
    assert kept_secret(tmp_path) == first
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    assert kept_secret(tmp_path) != kept_secret(tmp_path / "other")


def test_of_two_that_start_at_once_the_first_ones_secret_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept_secret(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda _self: False)  # as the second saw it

    assert kept_secret(tmp_path) == first


@pytest.mark.parametrize("content", ["", "short", "ä" * 40])
def test_secret_that_is_none_is_not_used(tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")

    with caplog.at_level(logging.WARNING):
        made = kept_secret(tmp_path)

    assert len(made) >= 32
    assert (tmp_path / FILE).read_text(encoding="utf-8") == content
    assert made not in caplog.text
    assert len(caplog.records) == 1


def test_secret_that_cannot_be_kept_is_good_for_this_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(secret_module.os, "link", refuse)

    with caplog.at_level(logging.WARNING):
        assert kept_secret(tmp_path) != kept_secret(tmp_path)
    assert [*tmp_path.iterdir()] == []
    assert "cannot be kept" in caplog.text
