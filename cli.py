"""How the command lines behave: exit codes, errors as sentences, one JSON object on request.

0 done · 1 wrong use or set-up · 2 done, but some records were rejected.
"""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import orjson
import typer

from ingest.errors import ConfigurationError, IngestError
from settings import ConfigurationError as SettingsError
from settings import Settings, read_settings
from store.engine import StoreBusyError, StoreUnusableError

DONE, WRONG_USE, SOME_REJECTED = 0, 1, 2

# What typer raises for wrong use. It carries its own copy of click and exports only the error's children.
_UsageError: Any = typer.BadParameter.__mro__[2]
EXPECTED = (ConfigurationError, IngestError, SettingsError, StoreBusyError, StoreUnusableError)


def run(app: typer.Typer, program: str) -> NoReturn:
    """Run `app` as `program` and leave with its exit code; a mistake is one sentence, not a stack."""
    try:
        code = app(prog_name=program, standalone_mode=False)
    except _UsageError as error:
        error.show()
        code = WRONG_USE
    except typer.Abort:
        code = WRONG_USE
    except EXPECTED as error:
        typer.echo(f"{program}: {error}", err=True)
        code = WRONG_USE
    except BrokenPipeError:
        # The reader went away (head, less): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    sys.exit(code if isinstance(code, int) else DONE)


def settings() -> Settings:
    """The settings as this process's environment gives them."""
    return read_settings(os.environ)


def print_json(value: Any) -> None:
    """One JSON value on stdout, and nothing else."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
