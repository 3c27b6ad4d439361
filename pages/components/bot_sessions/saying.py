"""What the Bot sessions page says: how the month stands, what is missing, and the file of all of it."""

from __future__ import annotations

import streamlit as st

from metrics.bot_sessions.questions import Month
from metrics.exports.columns import ABOUT
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.months import month_window
from pages.components.bot_sessions.asking import month_name
from pages.components.downloads import CSV, command_line, show_export
from pages.components.formats import moment, number, share
from pages.runtime import runtime

_EXAMPLE = """\
[[bot_session_entitlements]]
from = "{month}"
licences = 100
packs = 10"""


def say_standing(found: Month) -> None:
    """A word where the entitlement runs short, and how to configure one where there is none."""
    name, left = month_name(found.month), found.left or 0
    match found.band:
        case "used_up" if found.entitled:
            over = found.used - found.entitled
            more = f", and {number(over)} more" if over else ""
            said = f"All {number(found.entitled)} of {name} were used by {moment(found.used_up_ms, found.zone)}{more}."
            st.error(f"**Used up.** {said}", icon=":material/production_quantity_limits:")
        case "used_up":
            said = f"{number(found.used)} were used in {name}, and nothing is entitled to."
            st.error(f"**Used up.** {said}", icon=":material/production_quantity_limits:")
        case "at_risk" if not found.is_over:
            said = f"{share(found.share)} of {name} are used, {number(left)} {'is' if left == 1 else 'are'} left."
            st.warning(f"**At risk.** {said}", icon=":material/warning:")
        case "unknown":
            _say_no_entitlement(found)


def show_nothing_yet(found: Month) -> None:
    """Nothing has come in at all."""
    st.info(
        "A bot session is a conversation in which a customer meets a bot. None has been received yet. Load transcripts, watch a "
        "folder, or let a bot report as it talks; the month's figures appear here with the first conversation.",
        icon=":material/inbox:",
        title="No conversation yet",
    )
    st.page_link("sources.py", label="Connect a source", icon=":material/cable:")
    if found.entitled is None:
        _say_no_entitlement(found)


def offer_file(found: Month) -> None:
    """Every conversation of the month with its reason, as CSV."""
    filters = Filters(window=month_window(found.month, found.zone), tz=found.zone, include_tests=True)
    wanted = Wanted("bot_sessions", filters)
    show_export(wanted, CSV, found.used + sum(found.not_counted.values()))
    with st.expander("What is in the file, and the command that writes it", icon=":material/terminal:"):
        st.caption(ABOUT["bot_sessions"])
        st.code(command_line(wanted, CSV), language="bash", wrap_lines=True)


def _say_no_entitlement(found: Month) -> None:
    held = runtime().entitlement()
    first = min((each.from_month for each in held.holdings), default=None)
    begun = "" if first is None else f" The first entitlement begins in {month_name(first)}."
    st.info(
        f"Nothing says how many bot sessions your licences entitle to in {month_name(found.month)}.{begun} Put your licences "
        "and add-on packs into floorwalker.toml, as below, and start again, or into the routing configuration (`[[licences]]` "
        "there); then this page shows what is left and when it runs out, and alerts warn at 80 % and at 100 %.",
        icon=":material/confirmation_number:",
        title="No entitlement configured",
    )
    with st.expander("What to write", icon=":material/edit_note:"):
        st.code(_EXAMPLE.format(month=found.month), language="toml")
