"""A rule being made or changed: its fields, the sentence they make, what is wrong with them, and what it would have done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from metrics.alerts.checking import RuleError, fields_of
from metrics.alerts.rulebook import Origin, RuleView
from metrics.alerts.rules import RuleKind
from pages.components.alerts.commands import attempt, say_what_went_wrong
from pages.components.alerts.past import show_past
from pages.components.alerts.rule_fields import LABELS, ask_fields
from pages.components.alerts.words import literal
from pages.runtime import runtime


def show_rule_form(rule_id: str, tz: str) -> None:
    """The form for a new rule ("new"), for one made on this page, or for a copy of any other."""
    view = _find(rule_id)
    say_what_went_wrong()
    if view is None and rule_id != "new":
        st.info("There is no such rule; somebody may have deleted it.", icon=":material/search_off:")
        _back()
        return
    is_own = view is not None and view.origin is Origin.PAGE
    st.subheader("New rule" if view is None else "Change the rule" if is_own else "Copy of a rule", anchor=False)
    fields = ask_fields(_start_of(view), rule_id=rule_id, can_change_kind=not is_own, tz=tz)
    rule = _drafted(fields)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save", icon=":material/check:", type="primary", disabled=rule is None, key="save_rule"):
            _save(fields, rule_id if is_own else None)
        _back()
    if rule is not None:
        show_past(rule, fields, tz)


def _find(rule_id: str) -> RuleView | None:
    return next((view for view in runtime().alerts.rules() if view.rule.rule_id == rule_id), None)


def _start_of(view: RuleView | None) -> Mapping[str, Any]:
    if view is None:
        return {"kind": str(RuleKind.WAIT)}
    fields = fields_of(view.rule)
    return fields if view.origin is Origin.PAGE else fields | {"name": f"{view.rule.name} (copy)"}


def _drafted(fields: Mapping[str, Any]) -> Any:
    """The rule that the fields make; None, with what is wrong said, where they make none."""
    try:
        rule = runtime().alerts.draft(fields)
    except RuleError as error:
        what = f"**{literal(LABELS.get(error.field, error.field))}** {literal(_in_words(error.remedy))}"
        st.info(what, icon=":material/edit_note:", title="Not complete yet")
        return None
    with st.container(border=True):
        st.text(runtime().alerts.describe(rule))
    return rule


def _in_words(remedy: str) -> str:
    """What to write, with the fields called as they are on the form."""
    for name, label in LABELS.items():
        remedy = remedy.replace(name, f"“{label}”") if "_" in name else remedy
    return remedy


def _save(fields: Mapping[str, Any], rule_id: str | None) -> None:
    if attempt(lambda by: runtime().alerts.save(fields, by=by, rule_id=rule_id)):
        st.switch_page("alerts.py", query_params={"show": "Rules"})
    st.rerun()


def _back() -> None:
    if st.button("Back to the rules", icon=":material/arrow_back:", type="tertiary", key="back_to_rules"):
        st.switch_page("alerts.py", query_params={"show": "Rules"})
