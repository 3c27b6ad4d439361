"""What the documentation must say, held to what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import PERSISTENT_CHANNELS, Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MARKDOWN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def table_after(heading: str, text: str) -> dict[str, str]:
    """First column (without its backticks) → second column of the first table below `heading`."""
    rows = re.findall(r"^\| `(\w+)` \| ?([^|]*?) \|", text.split(heading, 1)[1].split("\n## ")[0], re.MULTILINE)
    return dict(rows)


def links(path: Path) -> Iterator[str]:
    """Targets of links to files, without those inside code."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            yield target.split("#")[0]


def default_as_written(name: str, value: object) -> str:
    if name in ("persistent_channels", "sources"):
        return {"persistent_channels": "see below", "sources": "none"}[name]
    if value is None:
        return "unset"
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{value:g}`" if isinstance(value, int | float) else "`{}`"


def test_every_setting_is_documented_with_its_default() -> None:
    settings = Settings()
    expected = {name: default_as_written(name, getattr(settings, name)) for name in Settings.__slots__}

    assert table_after("# Settings", (DOCS / "settings.md").read_text(encoding="utf-8")) == expected


def test_the_persistent_channels_are_documented() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    sentence = re.search(r"`persistent_channels` are by default ([^.]*)\.", text)

    assert sentence is not None
    assert tuple(re.findall(r"`(\w+)`", sentence[1])) == PERSISTENT_CHANNELS


def test_the_samples_of_settings_can_be_used(tmp_path: Path) -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    path = tmp_path / "floorwalker.toml"
    path.write_text("\n".join(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)), encoding="utf-8")
    variables = dict(
        line.split("=", 1) for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()
    )

    settings = read_settings(variables, path)

    assert [source.name for source in settings.sources] == ["web-bot"]
    assert settings.idle_minutes_by_channel == {"voice": 5, "email": 1440}


def test_every_target_of_make_has_a_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert phony is not None
    helped = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert set(phony[1].split()) - helped == {"browser"}


def test_the_changelog_has_a_place_for_what_is_new() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(path: Path) -> None:
    assert [target for target in links(path) if not (path.parent / target).exists()] == []
