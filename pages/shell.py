"""The script of the product: page config, navigation, what stands on every page, then the page itself."""

from pathlib import Path

import streamlit as st

from pages.components.alerts.bell import show_bell
from pages.components.banner import show_banner
from pages.components.carried import arrive
from pages.components.drill import follow
from pages.components.name_tag import show_name_tag
from pages.components.saved_views import show_views_of
from pages.components.turns import newcomers_turn

st.set_page_config(
    page_title="Floorwalker", page_icon=str(Path(__file__).with_name("icon.png")), layout="wide", initial_sidebar_state=212
)

wallboard = st.Page(
    "wallboard.py",
    title="Wallboard",
    icon=":material/tv:",
    help="For a screen on the wall: tiles and the five neediest, large.",
)
alerts = st.Page(
    "alerts.py", title="Alerts", icon=":material/notifications:", help="What stands now, what is watched for, and who is told."
)
pages = {
    "Operate": [
        st.Page(
            "live.py",
            title="Live",
            icon=":material/monitor_heart:",
            default=True,
            help="Which open conversation needs me, and why?",
        ),
        st.Page(
            "conversation.py",
            title="Conversation",
            icon=":material/forum:",
            help="One conversation: transcript, sentiment, sessions, and why it counts as what it counts.",
        ),
        alerts,
        wallboard,
    ],
    "Analyse": [
        st.Page(
            "overview.py",
            title="Overview",
            icon=":material/insights:",
            help="How are the bots doing as a whole, since when, and at which hours?",
        ),
        st.Page(
            "escalations.py",
            title="Escalations",
            icon=":material/support_agent:",
            help="Why are humans asked for, after how long, about what, and how long do customers wait then?",
        ),
        st.Page(
            "topics.py",
            title="Topics",
            icon=":material/topic:",
            help="What do customers come for, how does it end, and what did the bots not understand?",
        ),
        st.Page(
            "sentiment.py",
            title="Sentiment",
            icon=":material/mood:",
            help="How did customers feel at the end, in which part of the conversation, and what moved it?",
        ),
        st.Page("bots.py", title="Bots", icon=":material/smart_toy:", help="Are the bots any good, and where do they fail?"),
        st.Page(
            "conversations.py",
            title="Conversations",
            icon=":material/manage_search:",
            help="Every conversation, under any filter; where each number leads.",
        ),
        st.Page(
            "queues.py",
            title="Queues",
            icon=":material/hourglass_top:",
            help="Who waits now, how soon are customers answered, and how many leave before?",
        ),
        st.Page(
            "surveys.py",
            title="Surveys",
            icon=":material/star_half:",
            help="What do customers answer when they are asked how it was, and how many answer at all?",
        ),
        st.Page(
            "routing.py",
            title="Routing",
            icon=":material/alt_route:",
            help="Did conversations reach the queue that their rules name?",
        ),
        st.Page(
            "voice.py",
            title="Voice",
            icon=":material/call:",
            help="Who talks how much on calls, how much is silence, and who is kept on hold?",
        ),
        st.Page(
            "bot_sessions.py",
            title="Bot sessions",
            icon=":material/confirmation_number:",
            help="How many of the month's bot sessions are used, and will they last?",
        ),
        st.Page(
            "smart_assist.py",
            title="Smart assist",
            icon=":material/tips_and_updates:",
            help="What do bots suggest to agents, is it used, and how do conversations with and without it differ?",
        ),
        st.Page(
            "export.py",
            title="Export",
            icon=":material/download:",
            help="The exact rows, as CSV or Parquet, and what their columns mean.",
        ),
    ],
    "Set up": [
        st.Page(
            "sources.py", title="Sources", icon=":material/cable:", help="How fresh the data is, and what could not be read."
        ),
        st.Page("definitions.py", title="Definitions", icon=":material/menu_book:", help="What every number means."),
    ],
}
page = st.navigation(pages, position="sidebar", expanded=True)
st.set_page_config(page_title=f"{page.title} · Floorwalker")
arrive(page.url_path)
follow()

if page != wallboard:  # which covers all of it
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="heading"):
        st.title(page.title, anchor=False, width="content")
        with st.container(horizontal=True, width="content", gap="xsmall", vertical_alignment="center"):
            show_banner()
            show_views_of(page.url_path)
            show_bell(quiet=page == alerts)
            show_name_tag()
with newcomers_turn():
    page.run()
