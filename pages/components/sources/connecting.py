"""How to connect a source: three ways, each short enough to copy."""

from __future__ import annotations

import json
import shlex
from urllib.parse import urljoin

import streamlit as st

from pages.runtime import runtime

LOAD = "python -m ingest load path/to/transcripts"
WATCH = """\
[[sources]]
name = "web-bot"
path = "/srv/transcripts"
# or "copilot_studio", "omnichannel", "azure_speech_batch", "azure_conversation"
kind = "bot_framework"
"""
ACTIVITY = {
    "type": "message",
    "id": "1",
    "channelId": "webchat",
    "conversation": {"id": "first-try"},
    "from": {"id": "ann", "role": "user"},
    "recipient": {"id": "it-help", "name": "IT help", "role": "bot"},
    "text": "My laptop does not start",
}


def show_ways_to_connect() -> None:
    """Files, a watched folder, or a bot that reports as it talks."""
    files, folder, push = st.columns(3)
    with files:
        st.markdown("**Load files.** Bot Framework, Copilot Studio, Azure Speech; the format is detected.")
        st.code(LOAD, language="bash", wrap_lines=True)
    with folder:
        st.markdown("**Watch a folder.** In `floorwalker.toml`; a file that grows is read within a second. Restart to begin.")
        st.code(WATCH, language="toml")
    with push:
        st.markdown("**Report by HTTP.** Bot Framework activities, one or an array; on the live floor within a second.")
        st.code(_curl(), language="bash", wrap_lines=True)
    st.caption(
        "Without `ingest_token` only programs on this machine may report; with it they send "
        "`-H 'Authorization: Bearer <token>'`. `docs/bots.md` has a few lines for a bot's transcript logger."
    )
    if runtime().is_demo:
        st.caption(
            "This floor is simulated. What comes in by any of these ways goes into another database; the simulation gives way "
            "to the first real conversation, unless it was asked for (`make demo`)."
        )


def _curl() -> str:
    address = urljoin(st.context.url or "http://localhost:8501", "ingest/activities")
    return f"curl {shlex.quote(address)} -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(ACTIVITY))}"
