"""One conversation: what was said, by whom, how the customer felt, and why it counts as what it counts."""

import streamlit as st

from metrics.story.telling import tell_story
from pages.components.claiming import act_on
from pages.components.conversation import (
    choose_conversation,
    leave_conversation,
    link_popover,
    participants_table,
    say_counted_in,
    sentiment_chart,
    sessions_table,
    show_way_back,
    show_way_to_customer,
    stays_table,
    surveys_table,
    viewer_zone,
)
from pages.components.routing.escalation import show_routing
from pages.components.transcript import live_transcript
from pages.components.viewer import viewer
from pages.components.voice.strip import show_speech
from pages.runtime import runtime

here = runtime()
here.settle()
asked = st.query_params.get("conversation", "")


@st.fragment(key="beside")
def show_beside() -> None:
    """What stands beside the transcript: it runs again when the conversation has changed."""
    story = tell_story(runtime().store, asked, now_ms=runtime().now_ms())
    if story is None:
        return
    st.subheader("Sentiment", anchor=False)
    sentiment_chart(story.moods, key="sentiment")
    show_speech(story.speech, key="speech")
    sessions_table(story.sessions)
    stays_table(story.stays)
    surveys_table(story.surveys)
    if story.row["escalated_ms"] is not None:
        show_routing(asked, viewer_zone())
    participants_table(story.participants)
    say_counted_in(story)


asking = viewer()
story = tell_story(here.store, asked, now_ms=here.now_ms()) if asked else None
if story is None:
    opened = choose_conversation(unknown=asked)
    if opened:
        st.switch_page("conversation.py", query_params={"conversation": opened})
else:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall"):
        show_way_back()
        st.page_link("live.py", label="Live", icon=":material/arrow_back:", query_params={"conversation": story.head.id})
        st.button("Another conversation", icon=":material/search:", type="tertiary", on_click=leave_conversation)
        show_way_to_customer(story.head)
        link_popover(story)
    transcript, beside = st.columns([0.63, 0.37], gap="medium")
    with transcript:
        live_transcript(
            asked,
            token=here.stream_token(asking),
            badge=asking.badge,
            console=here.console_link(story.head.source, story.head.id),
            on_wish=act_on,
            beside="beside",
        )
    with beside:
        show_beside()
