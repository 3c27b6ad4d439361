"""The Routing page: empty, with a configuration, with faults; numbers that open their conversations; rules that are tried."""

from __future__ import annotations

import json

import pytest

from ingest.configuration.following import FilesState
from store.routing.configurations import save_configuration
from store.routing.records import Condition, Configuration, Member, Operator, Queue, Rule, Workstream
from tests.pages.conftest import Site
from tests.transcripts import ms, wire

TOPIC = "BotHandoffTopic"
CONFIGURATION = Configuration(
    workstreams=(Workstream("Chat", channels=("webchat",), fallback_queue="Everybody"),),
    queues=(
        Queue("Cards", (Member("Bea", False, 3),)),
        Queue("Loans", (Member("Ada", True, 2), Member("Bea", False, 3))),
        Queue("Everybody", (Member("Bea", False, 3),)),
    ),
    rules=(
        Rule("CardRule", "Chat", "Cards", (Condition(TOPIC, Operator.EQUALS, ("CreditCard",)),)),
        Rule("LoanRule", "Chat", "Loans", (Condition(TOPIC, Operator.EQUALS, ("HomeLoan",)),)),
    ),
)


def escalated(name: str, topic: str, queue: str) -> list[dict[str, object]]:
    script = f"""
        10:00:00 customer: hello
        10:00:01 bot: hello
        10:00:11 event handoff.initiate {{"{TOPIC}": "{topic}"}}
        10:00:12 event queue.entered {{"queue": "{queue}"}}
        10:00:30 system event handoff.status {{"state": "accepted"}}
        10:00:31 agent Bea: hello
    """
    return wire(script, conversation=name)


def fill(site: Site) -> None:
    with site.wired.store.write() as connection:
        save_configuration(connection, CONFIGURATION, origin="routing.toml", now_ms=ms("09:00:00"))
    site.load(
        escalated("right", "CreditCard", "Cards"),
        escalated("astray", "HomeLoan", "Cards"),
        escalated("pets", "Pets", "Everybody"),
    )


@pytest.fixture
def routed(site: Site) -> Site:
    fill(site)
    return site


def tiles(page) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def ids(page) -> list[str]:
    lists = [frame.value for frame in page.dataframe if "conversation" in frame.value]
    return [address.rpartition(":")[2] for frame in lists for address in frame["conversation"]]


def texts(page) -> str:
    return "\n".join(item.value for kind in (page.text, page.caption, page.markdown, page.info, page.success) for item in kind)


@pytest.mark.usefixtures("site")
def test_without_a_configuration_the_page_says_how_to_get_one(open_page) -> None:
    page = open_page("routing")

    assert page.info[0].value.startswith("This page compares")
    assert page.code[0].value == "python -m metrics.routing use routing.toml"
    assert not page.metric


@pytest.mark.usefixtures("routed")
def test_tiles_add_up(open_page) -> None:
    found = tiles(open_page("routing"))

    assert (found["Escalations"], found["Landed as ruled"], found["Landed elsewhere"]) == ("3", "66.7\u202f%", "1")
    assert (found["Cannot be judged"], found["Warnings"]) == ("0", "2")


def test_escalation_of_a_conversation_still_open_counts_and_it_is_said(routed: Site, open_page) -> None:
    script = f"""
        10:00:00 customer: hello
        10:00:01 bot: hello
        10:00:11 event handoff.initiate {{"{TOPIC}": "Pets"}}
    """
    routed.load(wire(script, conversation="waits"))

    page = open_page("routing")

    assert tiles(page)["Escalations"] == "4"
    assert "those still open among them" in texts(page)


@pytest.mark.usefixtures("routed")
def test_landed_elsewhere_opens_exactly_its_conversations(open_page) -> None:
    page = open_page("routing")

    groups, conversations = (frame.value for frame in page.dataframe)
    assert groups.to_dict("records") == [{"rule": "LoanRule", "wanted": "Loans", "went": "Cards", "count": "1"}]
    assert list(conversations["conversation"]) == ["conversation?conversation=bot_framework:astray"]
    assert list(conversations["after"]) == ["19\u202fs"]
    assert "1–1 of 1, latest first." in texts(page)


@pytest.mark.usefixtures("routed")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["pets", "astray", "right"]),
        ({"landed": "as ruled"}, ["pets", "right"]),
        ({"landed": "elsewhere"}, ["astray"]),
        ({"landed": "not judged"}, []),
        ({"landed": "nonsense"}, ["pets", "astray", "right"]),
        ({"went_to": "Cards"}, ["astray", "right"]),
        ({"went_to": "Cards", "from_bot": "Ada"}, ["astray", "right"]),
        ({"by_rule": "(none)"}, ["pets"]),
        ({"should_go": "Loans"}, ["astray"]),
        ({"taken_by": "Bea"}, ["pets", "astray", "right"]),
        ({"taken_by": "(none)"}, []),
        ({"queue": "Everybody"}, ["pets"]),
    ],
)
def test_link_opens_exactly_its_escalations(open_page, query: dict[str, str], expected: list[str]) -> None:
    page = open_page("routing", view="Escalations", **query)

    assert ids(page) == expected
    assert bool(expected) == (f"1–{len(expected)} of {len(expected)}, latest first." in texts(page))


@pytest.mark.usefixtures("routed")
@pytest.mark.parametrize(
    ("tile", "expected"),
    [
        ("escalations_routed", ["pets", "astray", "right"]),
        ("landed_as_ruled", ["pets", "right"]),
        ("landed_elsewhere", ["astray"]),
    ],
)
def test_number_of_a_tile_turns_to_its_escalations(open_page, tile: str, expected: list[str]) -> None:
    page = open_page("routing", view="Health", by_rule="CardRule")

    page.button(key=f"open_{tile}").click().run()

    assert ids(page) == expected
    assert "by_rule" not in page.query_params


@pytest.mark.usefixtures("routed")
def test_narrowed_list_names_what_narrows_it_and_leaves_it(open_page) -> None:
    page = open_page("routing", view="Escalations", went_to="Cards")

    assert page.button(key="leave_went_to").label == "Only went to “Cards”"
    page.button(key="leave_went_to").click().run()

    assert ids(page) == ["pets", "astray", "right"]


def test_variables_that_rules_read_stand_first(routed: Site, open_page) -> None:
    script = f"""
        10:00:00 customer: hello
        10:00:01 bot: hello
        10:00:11 event handoff.initiate {{"CardTier": "Gold", "{TOPIC}": "Pets"}}
    """
    routed.load(wire(script, conversation="golden"))

    listed = open_page("routing", view="Escalations").dataframe[0].value

    said = dict(zip(listed["conversation"], listed["variables"], strict=True))
    assert said["conversation?conversation=bot_framework:golden"] == f"{TOPIC} = Pets, CardTier = Gold"


def test_list_goes_on_page_by_page(routed: Site, open_page) -> None:
    routed.load(*(escalated(f"more-{number:02}", "CreditCard", "Cards") for number in range(25)))
    page = open_page("routing", view="Escalations", went_to="Cards")
    first = ids(page)

    page.button(key="older").click().run()

    assert (len(first), len({*first, *ids(page)})) == (25, 27)
    assert "26–27 of 27, latest first." in texts(page)
    page.button(key="newer").click().run()
    assert ids(page) == first


@pytest.mark.usefixtures("routed")
def test_health_names_evidence_and_remedy(open_page) -> None:
    said = texts(open_page("routing", view="Health"))

    assert "Ada in Loans" in said
    assert "Its capacity is 2, not above that of Bea (3)" in said
    assert "No rule matched with Pets (1)" in said


@pytest.mark.usefixtures("routed")
def test_number_that_shows_a_warning_turns_to_its_escalations(open_page) -> None:
    page = open_page("routing", view="Health")
    (button,) = [each for each in page.button if each.key and each.key.startswith("open_warning_")]
    assert button.label == "1 escalation"

    button.click().run()

    assert ids(page) == ["pets"]
    assert page.query_params["variable"] == TOPIC


@pytest.mark.usefixtures("routed")
def test_the_rules_in_force_are_said_in_words(open_page) -> None:
    page = open_page("routing", view="Rules in force")

    assert "channels: Web chat." in texts(page)
    rows = page.dataframe[0].value.to_dict("records")
    assert [(row["rule"], row["if"], row["queue"]) for row in rows] == [
        ("CardRule", 'BotHandoffTopic equals "CreditCard"', "Cards"),
        ("LoanRule", 'BotHandoffTopic equals "HomeLoan"', "Loans"),
        ("(fallback)", "no rule matches", "Everybody"),
    ]


@pytest.mark.usefixtures("routed")
def test_trying_the_same_rules_moves_nothing(open_page) -> None:
    page = open_page("routing", view="Try rules")

    page.button(key="try").click().run()

    assert not page.exception
    assert page.success[0].value == "None of 3 escalations would have gone elsewhere."


@pytest.mark.usefixtures("routed")
def test_the_journey_has_a_table_with_the_same_numbers(open_page) -> None:
    page = open_page("routing", view="Journey")

    rows = {(row["from"], row["to"]): row["count"] for row in page.dataframe[0].value.to_dict("records")}
    assert rows == {("Ada", "Cards"): "2", ("Ada", "Everybody"): "1", ("Cards", "Bea"): "2", ("Everybody", "Bea"): "1"}


def test_name_that_is_markup_is_drawn_as_text(routed: Site, open_page) -> None:
    routed.load(escalated("hostile", "CreditCard", "<b>Cards</b>"))

    page = open_page("routing", view="Journey")

    (chart,) = page.get("plotly_chart")
    assert "‹b›Cards‹/b›" in json.loads(chart.proto.spec)["data"][0]["node"]["label"]


@pytest.mark.usefixtures("routed")
def test_what_was_tried_goes_when_the_question_changes(open_page) -> None:
    page = open_page("routing", view="Try rules")
    page.button(key="try").click().run()
    assert page.success

    page.multiselect(key="queue").set_value(["Cards"]).run()

    assert not page.success


@pytest.mark.usefixtures("routed")
def test_selection_leads_to_its_rows(open_page) -> None:
    page = open_page("export", table="escalations", rows="all")

    (preview,) = [frame.value for frame in page.dataframe if "landing" in frame.value]
    assert list(preview["landing"]) == ["as ruled", "elsewhere", "as ruled"]
    assert "Make CSV of 3 rows" in [button.label for button in page.button]


def test_faults_of_the_files_are_shown_with_line_and_remedy(routed: Site, open_page) -> None:
    routed.routing_files = FilesState(
        "routing.toml", ("routing.toml:3: queue Card is not configured; write Cards or configure it",)
    )

    page = open_page("routing")

    assert "stays in force" in page.error[0].value
    assert page.code[0].value.startswith("routing.toml:3: queue Card")
    assert tiles(page)["Escalations"] == "3"


@pytest.mark.usefixtures("routed")
def test_a_filter_that_leaves_none_says_so(open_page) -> None:
    page = open_page("routing", topic="Nothing of this name")

    assert tiles(page)["Escalations"] == "0"
    assert "The filters (1 topic) leave none." in page.info[0].value


@pytest.mark.usefixtures("routed")
def test_conversation_says_which_rules_were_tried_and_where_it_should_have_gone(open_page) -> None:
    page = open_page("conversation", conversation="astray")

    assert [item.value for item in page.text][-9:] == [
        "HomeLoan",
        "Chat",
        "Loans: LoanRule was the first rule to match",
        "Cards",
        "Bea after 19\u202fs",
        "1. CardRule",
        'BotHandoffTopic equals "CreditCard"',
        "2. LoanRule",
        'BotHandoffTopic equals "HomeLoan"',
    ]
    badges = [item.value for item in page.markdown if "held" in item.value or "did not hold" in item.value]
    assert ["did not hold" in each for each in badges] == [True, False]
    assert "Went elsewhere than its rules say" in "".join(item.value for item in page.markdown)


@pytest.mark.usefixtures("routed")
def test_rules_behind_the_one_that_matched_are_said_not_to_have_been_tried(open_page) -> None:
    page = open_page("conversation", conversation="right")

    assert "1 rule behind it not tried" in texts(page)


def test_who_accepted_is_the_first_agent_not_who_had_it_last(routed: Site, open_page) -> None:
    script = """
        10:40:00 customer: hello
        10:40:01 bot: hello
        10:40:11 event handoff.initiate {"BotHandoffTopic": "CreditCard"}
        10:40:12 event queue.entered {"queue": "Cards"}
        10:40:31 agent Bea: hello
        10:41:31 agent Cem: I take this over
    """
    routed.load(wire(script, conversation="passed-on"))

    page = open_page("conversation", conversation="passed-on")

    assert "Bea after 20\u202fs" in texts(page)


def test_conversation_without_an_escalation_has_no_routing(routed: Site, open_page) -> None:
    routed.load(wire("10:50:00 customer: hello\n10:50:01 bot: hello", conversation="bots-own"))

    page = open_page("conversation", conversation="bots-own")

    assert "Routing" not in [item.value for item in page.subheader]
