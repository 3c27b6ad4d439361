"""What is wrong with a setting, said so that an operator can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ConfigurationError(Exception):
    """A setting that stops the start. The message names it, says where it stands and what is allowed."""


def unknown(called: str, name: str, known: Iterable[str]) -> ConfigurationError:
    """The error for a name that is no setting, with the one that was probably meant."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
    return ConfigurationError(f"{called} is not a setting; {hint}")
