"""How the command lines behave: exit codes, and errors as sentences.

0 done · 1 wrong use or set-up · 2 done, but some records were rejected.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

from ingest.errors import IngestError
from metrics.printing import visible
from settings import ConfigurationError as SettingsError
from settings import Settings, read_settings
from store.errors import StoreError

DONE, WRONG_USE, SOME_REJECTED = 0, 1, 2

# What typer raises for wrong use. It carries its own copy of click and exports only the error's children.
_UsageError: Any = typer.BadParameter.__mro__[2]
# What a person can put right; the message says how.
EXPECTED = (IngestError, SettingsError, StoreError)


def run(app: typer.Typer, program: str, *, expected: tuple[type[Exception], ...] = ()) -> NoReturn:
    """Run `app` as `program` and leave with its exit code."""
    sys.exit(code_of(app, program, expected=expected))


def code_of(
    app: typer.Typer, program: str, arguments: Sequence[str] | None = None, *, expected: tuple[type[Exception], ...] = ()
) -> int:
    """Run `app`; its exit code. A mistake, and any `expected` error, is one sentence and no stack."""
    errors: tuple[type[Exception], ...] = (*EXPECTED, *expected)
    try:
        code = app(args=arguments, prog_name=program, standalone_mode=False)
    except _UsageError as error:
        error.show()
        code = WRONG_USE
    except typer.Abort:
        code = WRONG_USE
    except errors as error:
        typer.echo(f"Error: {visible(str(error))}", err=True)
        code = WRONG_USE
    except BrokenPipeError:
        # The reader went away (head, less): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    return code if isinstance(code, int) else DONE


def settings() -> Settings:
    """The settings as this process's environment gives them."""
    return read_settings(os.environ)
