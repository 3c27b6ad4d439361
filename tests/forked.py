"""The product's commands as processes of their own that begin at once: forks of one process in which all is imported already."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.forked_imports"])


def start_module(
    module: str, *arguments: str, environment: Mapping[str, str], out: Path | None = None, errors: Path | None = None
) -> BaseProcess:
    """Begin `python -m module …` in the project's folder; what it prints is added to `out`, what it complains of to `errors`."""
    process = _FORKING.Process(target=_be, args=(module, arguments, dict(environment), out, errors or out))
    # A fork begins by running the main script of who asks for it; a page that a test has run here may stand in its place.
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    return process


def _be(module: str, arguments: tuple[str, ...], environment: dict[str, str], out: Path | None, errors: Path | None) -> None:
    for place, stream in ((out, sys.stdout), (errors, sys.stderr)):
        if place is not None:
            with place.open("ab") as file:
                os.dup2(file.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)
