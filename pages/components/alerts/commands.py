"""What a person does about rules and alerts, from whichever part of a page: done by the desk, and said where it could not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from live.alerts.desk import RuleError, StoreBusyError
from pages.components.viewer import viewer
from pages.runtime import runtime

_WENT_WRONG = "alerts_went_wrong"


def acknowledge(alert_id: Any) -> None:
    """Say that this viewer looks after an alert."""
    if isinstance(alert_id, int):
        attempt(lambda by: runtime().alerts.acknowledge(alert_id, by=by))


def attempt(do: Callable[[str], object]) -> bool:
    """Do it in the name of this viewer; False where it could not be done, which the next drawing says."""
    try:
        do(viewer().name)
    except (RuleError, StoreBusyError) as error:  # their messages are ours, and say what to do
        st.session_state[_WENT_WRONG] = str(error)
        return False
    return True


def say_what_went_wrong() -> None:
    """What could not be done the last time, once."""
    problem = st.session_state.pop(_WENT_WRONG, None)
    if problem is not None:
        st.error("That could not be done.", icon=":material/error:")
        st.text(problem)
