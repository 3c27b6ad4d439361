"""What the documentation must say, held to what the code does."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import ingest.__main__
import metrics.__main__
import metrics.routing.__main__
from metrics.figures import Totals
from metrics.need import WEIGHTS, Targets
from settings import PERSISTENT_CHANNELS, Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MARKDOWN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
COMMANDS: dict[str, Any] = {
    "ingest": typer.main.get_command(ingest.__main__.app),
    "metrics": typer.main.get_command(metrics.__main__.app),
    "metrics.routing": typer.main.get_command(metrics.routing.__main__.app),
}

# Where the commands of a program are explained.
PAGE_OF = {"ingest": "sources.md", "metrics": "analysing.md", "metrics.routing": "routing.md"}


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


def shell_lines(text: str) -> list[str]:
    """The lines of shell samples in `text`, continued ones joined."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def sample_arguments(line: str) -> Iterator[tuple[str, list[str]]]:
    """Program and arguments of each of our commands in a line of a shell sample."""
    for program, rest in re.findall(r"python -m (ingest|metrics(?:\.routing)?)\b([^|;&]*)", line):
        yield program, shlex.split(rest, comments=True)


def parse(program: str, arguments: list[str]) -> None:
    """Read a command line as the program would, without running it. Raises what typer raises for wrong use."""
    command, path = COMMANDS[program], program
    while hasattr(command, "commands"):
        if not arguments or arguments[0] not in command.commands:
            raise typer.BadParameter(f"{path} has no command {' '.join(arguments[:1])!r}")
        command, path, arguments = command.commands[arguments[0]], f"{path} {arguments[0]}", arguments[1:]
    command.make_context(path, list(arguments))


def parts_of(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its full name."""
    if hasattr(command, "commands"):
        for name, part in command.commands.items():
            yield from parts_of(part, f"{path} {name}")
    else:
        yield path, command


LEAVES = [leaf for program, command in COMMANDS.items() for leaf in parts_of(command, program)]


def is_mention_right(mention: str) -> bool:
    """Whether what the text calls a command is one: its words are commands, its options that command's."""
    program, *words = mention.split()
    command = COMMANDS[program]
    while words and hasattr(command, "commands"):
        if words[0] not in command.commands:
            return False
        command, words = command.commands[words[0]], words[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    return all(word in known for word in words if word.startswith("-"))


def reasons_printed() -> set[str]:
    """The sentences that decisions are given in metrics/outcomes.py."""
    tree = ast.parse((ROOT / "metrics" / "outcomes.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Decision" and isinstance(node.args[2], ast.Constant):
            found.add(str(node.args[2].value))
        elif isinstance(node, ast.Dict):
            found |= {str(value.value) for value in node.values if isinstance(value, ast.Constant)}
    return found


def keys_of(value: Any) -> Any:
    """The shape of JSON: its keys, without its values."""
    return {key: keys_of(part) for key, part in value.items()} if isinstance(value, dict) else None


def anchors(path: Path) -> set[str]:
    """The names that headings of a page can be linked by."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def default_as_written(name: str, value: object) -> str:
    if name == "persistent_channels":
        return "see below"
    if value == ():
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None:
        return "unset"
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{value:g}`" if isinstance(value, int | float) else "`{}`"


def test_every_setting_is_documented_with_its_default() -> None:
    settings = Settings()
    expected = {name: default_as_written(name, getattr(settings, name)) for name in Settings.__slots__}

    assert table_after("# Settings", (DOCS / "settings.md").read_text(encoding="utf-8")) == expected


def weight_as_written(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{each[0]:g}: {each[1]:g}" if isinstance(each, tuple) else f"{each:g}" for each in value)
    return str(value) if isinstance(value, int) else f"{value:g}"


def test_every_weight_of_need_is_documented_with_its_value() -> None:
    text = (DOCS / "need.md").read_text(encoding="utf-8")
    elsewhere = {"wait_seconds_by_queue", "sentiment_threshold_micro", "sentiment_threshold_micro_by_queue"}  # settings
    targets = {name: getattr(Targets(), name) for name in Targets.__slots__ if name not in elsewhere}
    weights = {name: getattr(WEIGHTS, name) for name in WEIGHTS.__slots__}

    written = {name: weight_as_written(value) for name, value in (weights | targets).items()}
    assert table_after("## The weights", text) == written


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
    assert set(phony[1].split()) == helped


def test_the_changelog_has_a_place_for_what_is_new() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(path: Path) -> None:
    assert [target for target in links(path) if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_headings_lead_to_headings_that_exist(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([\w./-]*\.md)?#([\w-]+)\)", text)

    assert [target for target in targets if target[1] not in anchors(path.parent / target[0] if target[0] else path)] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_command_lines_in_samples_are_understood(path: Path) -> None:
    for line in shell_lines(path.read_text(encoding="utf-8")):
        for program, arguments in sample_arguments(line):
            parse(program, arguments)


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_named_in_sentences_exist(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    mentions = re.findall(r"`[^`]*?python -m ((?:ingest|metrics(?:\.routing)?)\b[^`]*)`", text)

    assert [mention for mention in mentions if not is_mention_right(mention)] == []


@pytest.mark.parametrize(
    "line", ["ingest lode x", "ingest load", "metrics report --bye bot", "metrics report --format xml", "ingest rejected"]
)
def test_a_command_line_that_would_fail_is_found(line: str) -> None:
    program, *arguments = line.split()

    with pytest.raises(Exception, match=r"command|parameter|option|not one of"):
        parse(program, arguments)


@pytest.mark.parametrize("mention", ["ingest lode", "metrics report --bye", "ingest rejected forget"])
def test_a_mention_of_what_does_not_exist_is_found(mention: str) -> None:
    assert not is_mention_right(mention)


@pytest.mark.parametrize(("name", "command"), LEAVES, ids=[name for name, _ in LEAVES])
def test_every_command_has_a_sample_and_every_option_a_word(name: str, command: Any) -> None:
    page = (DOCS / PAGE_OF[name.split()[0]]).read_text(encoding="utf-8")
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}

    assert any(f"python -m {name}" in line for line in shell_lines(page))
    assert {option for option in options - {"--help", "--output"} if f"{option}" not in page} == set()


def test_the_sample_of_the_report_has_its_shape() -> None:
    page = (DOCS / "analysing.md").read_text(encoding="utf-8")
    (sample,) = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])

    assert keys_of(sample) == {"bot": None} | keys_of(Totals().as_json())


def test_every_reason_of_an_outcome_is_documented() -> None:
    page = " ".join((DOCS / "outcomes.md").read_text(encoding="utf-8").split())

    assert {reason for reason in reasons_printed() if f"*{reason}*" not in page} == set()
    assert len(reasons_printed()) > 12
