"""The shape of the code: who imports whom, what importing does, how long files get, what Streamlit can find by itself.

Each rule is a function of a folder, tried on a tree that keeps it, on trees that break it, and on the project.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 400
# What each part may import of the project; settings anyone may.
MAY_IMPORT = {
    "store": {"store"},
    "ingest": {"ingest", "store"},
    "metrics": {"metrics", "store"},
    "live": {"live", "metrics", "store"},
    "pages": {"pages", "live", "metrics"},
    "settings": set(),
}
# What the composition roots have in common, or leave to a file of its own.
SHARED_BY_ROOTS = {"cli", "databases", "serving", "wiring"}
COMPOSITION_ROOTS = {"dashboard", "ingest.__main__", "metrics.__main__", "metrics.routing.__main__", *SHARED_BY_ROOTS}
OURS = {*MAY_IMPORT, *SHARED_BY_ROOTS, "dashboard", "tests"}
# Packages that belong to one part.
KEPT_TO = {
    "streamlit": {"pages", "dashboard"},
    "plotly": {"pages"},
    "sqlalchemy": {"store"},
    "sqlite3": {"store"},
    "psycopg": {"store"},
}


def python_files(root: Path) -> list[Path]:
    """Every Python file of the project at `root`, hidden folders (.venv, .git, caches) and var/ left out."""
    files = (path.relative_to(root) for path in root.rglob("*.py"))
    return sorted(path for path in files if not any(part.startswith(".") for part in path.parts) and path.parts[0] != "var")


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.Module, path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, in functions and under TYPE_CHECKING too, and by import_module("…")."""
    package = path.parent.parts
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                above = package[: len(package) - level + 1] if level else ()
                base = ".".join([*above, *([module] if module else [])])
                yield from ((node.lineno, f"{base}.{name.name}") for name in names)
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                if ast.unparse(function).split(".")[-1] in ("import_module", "__import__"):
                    yield node.lineno, name


def import_violations(root: Path) -> list[str]:
    """Imports against the direction ingest → store ← metrics ← live ← pages, or of a package that belongs to another part."""
    found = []
    for path in python_files(root):
        module = module_name(path)
        part = module.split(".")[0]
        if part == "tests":
            continue
        if part not in MAY_IMPORT and module not in COMPOSITION_ROOTS:
            found.append(f"{path}: belongs to no part of the project")
            continue
        for line, name in imports(ast.parse((root / path).read_text(encoding="utf-8")), path):
            if not may_import(module, name):
                found.append(f"{path}:{line}: imports {name}")
    return found


def may_import(module: str, name: str) -> bool:
    part, top = module.split(".")[0], name.split(".")[0]
    if part not in KEPT_TO.get(top, {part}):
        return False
    if part == "settings":
        return top == "settings" or top in sys.stdlib_module_names
    if top in SHARED_BY_ROOTS:
        return module in COMPOSITION_ROOTS
    if top in ("dashboard", "tests") or any(f"{name}.".startswith(f"{composition}.") for composition in COMPOSITION_ROOTS):
        return False
    return module in COMPOSITION_ROOTS or top not in OURS or top == "settings" or top in MAY_IMPORT[part]


def long_files(root: Path) -> list[str]:
    counts = {path: len((root / path).read_text(encoding="utf-8").splitlines()) for path in python_files(root)}
    return [f"{path}: {count} lines" for path, count in counts.items() if count > MAX_LINES]


def page_violations(root: Path) -> list[str]:
    """Ways past the shell: an app with another script, or a `pages` folder beside the script, served by Streamlit itself."""
    tree = ast.parse((root / "dashboard.py").read_text(encoding="utf-8"))
    assigned = {ast.unparse(node.targets[0]): node.value for node in ast.walk(tree) if isinstance(node, ast.Assign)}
    app = assigned.get("app")
    if not (isinstance(app, ast.Call) and ast.unparse(app.func).split(".")[-1] == "App" and app.args):
        return ["dashboard.py: has no `app = st.App(<script>, …)`, which `streamlit run` looks for"]
    script = assigned.get(ast.unparse(app.args[0]), app.args[0])
    words = [node for node in ast.walk(script) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    written = "/".join(str(word.value) for word in sorted(words, key=lambda word: (word.lineno, word.col_offset)))
    found = []
    if written != "pages/shell.py":
        found.append(f"dashboard.py: the script is {ast.unparse(script)}, not pages/shell.py")
    if (root / "pages" / "pages").exists():
        found.append("pages/pages: stands beside the script")
    return found


def config_violations(root: Path) -> list[str]:
    config = tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    server = config.get("server", {})
    usage, magic = config.get("browser", {}).get("gatherUsageStats"), config.get("runner", {}).get("magicEnabled")
    wanted = {
        "server.fileWatcherType must be none: it looks at every module for each viewer": server.get("fileWatcherType") == "none",
        "server.address must be localhost: nobody else is asked in by default": server.get("address") == "localhost",
        "server.headless must be true: the first start would wait for an e-mail address": server.get("headless") is True,
        "server.enableAgentApi is not for a committed file": "enableAgentApi" not in server,
        "browser.gatherUsageStats must be false": usage is False,
        "runner.magicEnabled must be false: parsing two scripts at once can fail": magic is False,
    }
    return [message for message, holds in wanted.items() if not holds]


# Run in a fresh interpreter. A file opened by an import itself has the import system between it and our code; any other is ours.
WATCH_IMPORTS = """
import importlib, os, sys, threading
root, *modules = sys.argv[1:]
sys.path.insert(0, root)
now, seen = "", set()
def cause():
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return ""
        if name.startswith(root + os.sep) and os.sep + "." not in name[len(root):]:
            return os.path.relpath(name, root)
        frame = frame.f_back
    return ""
def watch(event, args):
    if event == "open":
        writes = isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and args[0] != os.devnull
        culprit = cause()
        if writes or culprit:
            seen.add(f"{culprit or now}: {'writes' if writes else 'reads'} {args[0]}")
    elif event in ("socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.mkdir"):
        seen.add(f"{cause() or now}: {event}")
sys.addaudithook(watch)
for now in modules:
    importlib.import_module(now)
    if threading.active_count() > 1:
        seen.add(f"{now}: leaves a thread")
print("\\n".join(sorted(seen)), end="")
"""


def import_effects(root: Path, *parts: str) -> list[str]:
    """What importing the modules of `parts` does beside importing: files, sockets, databases, processes, threads."""
    modules = [module_name(path) for path in python_files(root) if path.parts[0] in parts]
    command = [sys.executable, "-B", "-c", WATCH_IMPORTS, str(root), *modules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=root)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def plant(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_the_project_imports_one_way() -> None:
    assert import_violations(ROOT) == []


def test_no_file_is_too_long() -> None:
    assert long_files(ROOT) == []


def test_streamlit_finds_no_page_but_through_the_shell() -> None:
    assert page_violations(ROOT) == []


def test_the_committed_configuration_is_quick_and_keeps_to_itself() -> None:
    assert config_violations(ROOT) == []


def test_importing_has_no_effect() -> None:
    assert import_effects(ROOT, "store", "ingest", "metrics", "live", "settings") == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("store/a.py", "from metrics import facts"),
        ("store/a.py", "import ingest.events"),
        ("ingest/a.py", "from metrics.derive import derive"),
        ("ingest/a.py", "from sqlalchemy import select"),
        ("ingest/a.py", "import streamlit as st"),
        ("ingest/sources/a.py", "from ...metrics import facts"),
        ("ingest/__init__.py", "from ..live import stream"),
        ("metrics/a.py", "def f():\n    import ingest"),
        ("metrics/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sqlalchemy import Connection"),
        ("metrics/a.py", "import live.stream"),
        ("metrics/a.py", "import sqlite3"),
        ("metrics/a.py", "from importlib import import_module\nimport_module('pages.runtime')"),
        ("live/a.py", "from pages import runtime"),
        ("live/a.py", "from ingest import events"),
        ("live/a.py", "from metrics.__main__ import main"),
        ("pages/a.py", "from store.engine import Store"),
        ("pages/a.py", "from ingest import events"),
        ("pages/a.py", "import sqlalchemy.exc"),
        ("pages/a.py", "import dashboard"),
        ("pages/components/a.py", "from dashboard import app"),
        ("settings/a.py", "import orjson"),
        ("settings/a.py", "from store import engine"),
        ("dashboard.py", "from sqlalchemy import create_engine"),
        ("metrics/__main__.py", "import streamlit"),
        ("helpers/a.py", "import json"),
        ("plumbing.py", "import json"),
        ("wiring.py", "import dashboard"),
        ("pages/a.py", "from wiring import wire"),
        ("metrics/a.py", "import cli"),
    ],
)
def test_an_import_the_wrong_way_is_found(tmp_path: Path, path: str, line: str) -> None:
    assert len(import_violations(plant(tmp_path, {path: line + "\n"}))) == 1


def test_imports_the_right_way_are_let_through(tmp_path: Path) -> None:
    files = {
        "store/a.py": "import sqlalchemy, psycopg\nfrom . import tables\nimport settings",
        "ingest/sources/a.py": "from ..events import Page\nfrom store.engine import Store",
        "metrics/a.py": "import pandas\nfrom store import reads",
        "live/a.py": "from metrics import need\nfrom store import changes",
        "pages/components/a.py": "import streamlit, plotly\nfrom live import stream\nfrom .. import runtime",
        "pages/b.py": "from metrics import catalogue\nimport settings",
        "settings/__init__.py": "from settings.reading import read_settings",
        "settings/reading.py": "import tomllib",
        "dashboard.py": "import streamlit, settings\nfrom wiring import wire\nfrom pages import runtime",
        "wiring.py": "from ingest import pipeline\nfrom metrics import derive\nfrom store.engine import open_store",
        "ingest/__main__.py": "from metrics.derive import derive",
        ".venv/lib/a.py": "import metrics, streamlit",
        "tests/unit/a.py": "import sqlalchemy, dashboard",
    }

    assert import_violations(plant(tmp_path, files)) == []


def test_a_file_one_line_too_long_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"store/a.py": "x = 1\n" * (MAX_LINES + 1), "tests/unit/b.py": "x = 1\n" * MAX_LINES})

    assert long_files(tmp_path) == ["store/a.py: 401 lines"]


@pytest.mark.parametrize(
    ("dashboard", "extra"),
    [
        ("app = st.App(HERE / 'dashboard.py')", "pages/shell.py"),
        ("app = st.App(__file__)", "pages/shell.py"),
        ("st.navigation([])", "pages/shell.py"),
        ("app = st.App('pages/shell.py')", "pages/pages/hidden.py"),
    ],
)
def test_a_way_past_the_shell_is_found(tmp_path: Path, dashboard: str, extra: str) -> None:
    assert len(page_violations(plant(tmp_path, {"dashboard.py": dashboard, extra: ""}))) == 1


@pytest.mark.parametrize(
    "dashboard",
    [
        "app = st.App('pages/shell.py', routes=[])",
        "SHELL = Path(__file__).parent / 'pages' / 'shell.py'\napp = st.App(SHELL)",
        "app = App(str(Path(__file__).resolve().with_name('pages') / 'shell.py'))",
    ],
)
def test_the_shell_may_be_named_in_any_way(tmp_path: Path, dashboard: str) -> None:
    assert page_violations(plant(tmp_path, {"dashboard.py": dashboard})) == []


def test_each_careless_line_of_the_configuration_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {".streamlit/config.toml": "[server]\nenableAgentApi = true\n"})

    assert len(config_violations(tmp_path)) == 6


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        ("open('made.txt', 'w').close()", "store/a.py: writes made.txt"),
        ("from pathlib import Path\nPath('a.toml').read_text()", "store/a.py: reads a.toml"),
        ("import socket\nsocket.socket().bind(('127.0.0.1', 0))", "store/a.py: socket.bind"),
        ("import sqlite3\nsqlite3.connect(':memory:').close()", "store/a.py: sqlite3.connect"),
        ("import subprocess\nsubprocess.run(['true'])", "store/a.py: subprocess.Popen"),
        ("import threading\nthreading.Timer(0.5, print).start()", "store.a: leaves a thread"),
    ],
)
def test_an_effect_of_importing_is_found(tmp_path: Path, line: str, effect: str) -> None:
    plant(tmp_path, {"store/__init__.py": "", "store/a.py": line + "\n", "a.toml": ""})

    assert effect in import_effects(tmp_path, "store")
