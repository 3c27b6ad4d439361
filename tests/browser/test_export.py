"""The Export page in a real browser: a file is made, saved and whole."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FloorServer
from tests.pages.conftest import ask_and_resolve

pytestmark = pytest.mark.browser


def test_file_is_made_and_saved_with_its_manifest(floor_server: FloorServer, page: Page, tmp_path: Path) -> None:
    for number in range(3):
        floor_server.post(ask_and_resolve(f"c{number}", f"2026-03-01T09:0{number}Z"))
    page.goto(f"{floor_server.url}/export?period=All&table=messages")

    page.get_by_role("button", name="Make CSV of 6 rows").click()
    saved = {}
    for name in ("Save messages.csv", "Manifest"):
        link = page.get_by_role("link", name=name)
        expect(link).to_be_visible(timeout=60_000)
        with page.expect_download() as download:
            link.click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[name] = path.read_bytes()
    manifest = json.loads(saved["Manifest"])

    assert len(list(csv.reader(saved["Save messages.csv"].decode().splitlines()))) == 7
    assert manifest["rows"] == 6
    assert manifest["sha256"] == hashlib.sha256(saved["Save messages.csv"]).hexdigest()
