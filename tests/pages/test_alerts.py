"""The Alerts page: rules and what can be done about them, what has been, who is told; empty, full and where something fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from live.alerts.desk import StoreBusyError
from live.delivery.attempt import Attempt, failed, sent
from live.delivery.deliveries import Deliveries, Outbox
from live.delivery.message import Message
from live.delivery.worker import Worker
from metrics.alerts.checking import rule_from
from metrics.alerts.rulebook import saved_row
from pages.components.alerts.words import literal
from pages.runtime import install
from settings import AlertTarget
from store.alerts.writes import save_rule
from tests.alert_rows import put_alert, put_delivery
from tests.pages.conftest import NOW_MS, Site, talk

Opener = Callable[..., AppTest]
MINUTE_MS = 60_000
HOSTILE = "<b>x</b> [a](http://evil.example) :red[y] $z$ ![i](http://evil.example/i.png)"


class Desk:
    """The real desk for what is asked; commands are kept, or refused."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.done: list[tuple[Any, ...]] = []
        self.refuse: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def enable(self, rule_id: str, *, enabled: bool, by: str) -> None:
        self._do("enable", rule_id, enabled)

    def mute(self, rule_id: str, until_ms: int | None, *, by: str) -> None:
        self._do("mute", rule_id, until_ms)

    def save(self, fields: Mapping[str, Any], *, by: str, rule_id: str | None = None) -> None:
        self._do("save", dict(fields), rule_id)

    def acknowledge(self, alert_id: int, *, by: str) -> None:
        self._do("acknowledge", alert_id, by)

    def _do(self, *what: Any) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.done.append(what)


class Target:
    is_idempotent = True
    longest_seconds = 1.0

    def __init__(self, outcome: Attempt) -> None:
        self.outcome = outcome

    def send(self, message: Message) -> Attempt:
        return self.outcome


@pytest.fixture
def desk(site: Site) -> Iterator[Desk]:
    """The site with a desk that keeps what it is told."""
    runtime = site.runtime()
    made = Desk(runtime.alerts)
    install(replace(runtime, alerts=made))  # type: ignore[arg-type]
    yield made


def with_targets(site: Site, outcomes: Mapping[str, Attempt]) -> Outbox:
    outbox = Outbox(lambda: site.wired.store, site.wired.now_ms)
    settings = [AlertTarget(name, "webhook", "https://x.example") for name in outcomes]
    deliveries = Deliveries(settings, outbox, make=lambda target: Target(outcomes[target.name]))
    install(replace(site.runtime(), deliveries=deliveries))
    return outbox


def marked_up(page: AppTest) -> str:
    """Everything on the page that is read as markdown."""
    kinds = (page.markdown, page.caption, page.subheader, page.info, page.warning, page.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


@pytest.mark.parametrize(("progress", "is_said"), [(0.4, True), (None, False)])
def test_page_says_that_alerts_begin_when_a_simulated_history_is_there(
    site: Site, open_page: Opener, progress: float | None, is_said: bool
) -> None:
    install(replace(site.runtime(), is_demo=True, demo_progress=lambda: progress))

    page = open_page("alerts")

    assert not page.exception
    assert ("Alerts begin when it has reached the present" in marked_up(page)) is is_said


@pytest.mark.usefixtures("desk")
def test_rules_stand_in_words_and_those_built_in_can_only_be_copied(open_page: Opener) -> None:
    page = open_page("alerts", show="Rules")

    said = [text.value for text in page.text]
    assert any(text.startswith("When a customer has waited 2 min (at risk)") for text in said)
    assert "**Waiting for a human**" in [element.value for element in page.markdown]
    assert page.button(key="edit_built-in-wait").label == "Copy"
    assert not [button for button in page.button if button.key == "delete_built-in-wait"]
    assert page.toggle(key="on_built-in-wait").value is True


@pytest.mark.parametrize(
    ("button", "until_ms"),
    [
        ("mute_built-in-wait_30", NOW_MS + 30 * MINUTE_MS),
        ("mute_built-in-wait_240", NOW_MS + 240 * MINUTE_MS),
        ("mute_built-in-wait_None", NOW_MS - 30_000 + 12 * 60 * MINUTE_MS),  # it is noon and thirty seconds
    ],
)
def test_rule_is_muted_for_a_while(open_page: Opener, desk: Desk, button: str, until_ms: int) -> None:
    page = open_page("alerts", show="Rules")

    page.button(key=button).click().run()

    assert not page.exception
    assert desk.done == [("mute", "built-in-wait", until_ms)]


def test_rule_is_switched_off(open_page: Opener, desk: Desk) -> None:
    page = open_page("alerts", show="Rules")

    page.toggle(key="on_built-in-wait").set_value(False).run()

    assert desk.done == [("enable", "built-in-wait", False)]


def test_what_could_not_be_done_is_said_with_its_reason(open_page: Opener, desk: Desk) -> None:
    desk.refuse = StoreBusyError("the database is busy; it will be done as soon as it is free")
    page = open_page("alerts", show="Rules")

    page.button(key="mute_built-in-wait_30").click().run()

    assert not page.exception
    assert [error.value for error in page.error] == ["That could not be done."]
    assert page.text[0].value == "the database is busy; it will be done as soon as it is free"


def test_form_says_what_is_wrong_and_cannot_be_saved_until_it_is_right(open_page: Opener, desk: Desk) -> None:
    page = open_page("alerts", rule="new")
    page.number_input(key="rule/new/at_risk").set_value(60.0)
    page.number_input(key="rule/new/critical").set_value(30.0).run()
    assert page.button(key="save_rule").disabled
    assert "**Critical at** must be above “At risk at”" in page.info[0].value

    page.number_input(key="rule/new/critical").set_value(120.0).run()
    page.button(key="save_rule").click().run()

    assert not page.exception
    [(_, fields, rule_id)] = desk.done
    assert rule_id is None
    assert (fields["kind"], fields["at_risk"], fields["critical"], fields["name"]) == ("wait", 60, 120, "Wait after escalation")


def test_rule_may_be_on_duty_at_some_hours_only(open_page: Opener, desk: Desk) -> None:
    page = open_page("alerts", rule="new")
    page.toggle(key="rule/new/active_zone/on").set_value(True).run()
    sentence = next(text.value for text in page.text if text.value.startswith("When a customer"))
    assert "On duty Monday to Friday, 08:00–18:00, by the clock of UTC." in sentence

    page.time_input(key="rule/new/active_until").set_value(time(6, 30)).run()
    page.selectbox(key="rule/new/active_zone").set_value("Europe/Berlin").run()
    page.button(key="save_rule").click().run()

    [(_, fields, _)] = desk.done
    assert fields["active_days"] == ["mon", "tue", "wed", "thu", "fri"]
    assert (fields["active_from"], fields["active_until"], fields["active_zone"]) == ("08:00", "06:30", "Europe/Berlin")


def test_whole_days_and_no_hours_at_all_can_be_said(open_page: Opener, desk: Desk) -> None:
    page = open_page("alerts", rule="new")
    page.toggle(key="rule/new/active_zone/on").set_value(True).run()

    for name in ("active_from", "active_until"):
        page.time_input(key=f"rule/new/{name}").set_value(time(0, 0)).run()
    assert any("On duty Monday to Friday, by the clock of UTC." in text.value for text in page.text)

    page.toggle(key="rule/new/active_zone/on").set_value(False).run()
    page.button(key="save_rule").click().run()
    assert "active_zone" not in desk.done[0][1]


@pytest.mark.usefixtures("desk")
def test_rule_with_hours_is_changed_from_what_it_says(site: Site, open_page: Opener) -> None:
    said = {"kind": "silent_source", "name": "Night", "at_risk": 60, "active_from": "22:00", "active_until": "24:00"}
    rule = rule_from({**said, "active_zone": "Asia/Kathmandu"}, rule_id="night")
    with site.wired.store.write() as connection:
        save_rule(connection, saved_row(rule, is_made_here=True, created_ms=1, now_ms=1, by="Kim"))

    page = open_page("alerts", rule="night")

    assert page.toggle(key="rule/night/active_zone/on").value is True
    assert (page.time_input(key="rule/night/active_from").value, page.time_input(key="rule/night/active_until").value) == (
        time(22, 0),
        time(0, 0),
    )
    assert any("On duty every day, 22:00–00:00, by the clock of Asia/Kathmandu." in text.value for text in page.text)


@pytest.mark.parametrize(
    "kind", ["sentiment", "wait", "backlog", "longest_wait", "words", "metric", "silent_source", "bot_sessions"]
)
@pytest.mark.usefixtures("desk")
def test_form_of_every_kind_can_be_drawn(open_page: Opener, kind: str) -> None:
    page = open_page("alerts", rule="new")

    page.selectbox(key="rule/new/kind").set_value(kind).run()

    assert not page.exception
    assert page.text or page.info


@pytest.mark.parametrize(
    ("text", "shown"), [("Überlauf – «é»", "Überlauf – «é»"), ("a_b *c* [x](y)", "a\\_b \\*c\\* \\[x\\]\\(y\\)")]
)
def test_text_where_markdown_is_read_stands_as_it_is(text: str, shown: str) -> None:
    assert literal(text) == shown


@pytest.mark.usefixtures("desk")
def test_copy_of_a_rule_begins_with_its_fields(open_page: Opener) -> None:
    page = open_page("alerts", rule="built-in-words")

    assert page.text_input(key="rule/built-in-words/name").value == "Threat of legal action (copy)"
    assert "lawyer" in page.multiselect(key="rule/built-in-words/words").value
    assert not page.button(key="save_rule").disabled


@pytest.mark.usefixtures("desk")
def test_link_to_a_rule_that_is_no_more_says_so(open_page: Opener) -> None:
    page = open_page("alerts", rule="deleted")

    assert page.info[0].value == "There is no such rule; somebody may have deleted it."


def test_rule_is_tried_on_the_past(site: Site, desk: Desk, open_page: Opener) -> None:
    site.load(talk("c1", "2026-03-01T10:00:00Z", ("customer", "Call my lawyer, please"), ("handoff", "")))
    page = open_page("alerts", rule="built-in-words")

    page.button(key="try_on_past").click().run()

    assert not page.exception
    said = [text.value for text in page.text]
    assert any("It would have fired 1 time in the last 7 days" in text for text in said)
    assert any("1 (100.0\u202f%) escalated afterwards" in text and "not served" in text for text in said)
    assert page.dataframe[0].value["conversation"].to_list() == ["conversation?conversation=bot_framework:c1"]
    assert desk.done == []


@pytest.mark.usefixtures("desk")
def test_trial_that_finds_nothing_says_so(open_page: Opener) -> None:
    page = open_page("alerts", rule="built-in-words")

    page.button(key="try_on_past").click().run()

    assert page.info[0].value == "It would not have fired in the last 7 days."


@pytest.mark.usefixtures("desk")
def test_without_any_alert_the_history_says_so(open_page: Opener) -> None:
    page = open_page("alerts", show="History")

    assert [info.title for info in page.info] == ["No alert so far"]


@pytest.mark.usefixtures("desk")
def test_history_lists_alerts_and_narrows_by_link(site: Site, open_page: Opener) -> None:
    put_alert(site.wired.store, at_ms=NOW_MS - 5 * MINUTE_MS, rule="Waiting too long", subject=HOSTILE)

    page = open_page("alerts", show="History")
    [row] = page.dataframe[0].value.to_dict("records")
    assert (row["rule"], row["about"], row["state"], row["lasted"]) == ("Waiting too long", HOSTILE, "critical", "5\u202fmin")
    assert row["details"] == "alerts?alert=1"
    page = open_page("alerts", show="History", standing="resolved")

    assert page.info[0].value.startswith("No alert matches.")


def test_alert_shows_its_steps_what_was_told_and_can_be_acknowledged(site: Site, desk: Desk, open_page: Opener) -> None:
    store = site.wired.store
    alert_id = put_alert(store, at_ms=NOW_MS - MINUTE_MS, rule=HOSTILE, subject=HOSTILE, link="bot_framework:c1")
    put_delivery(store, "on-call", at_ms=NOW_MS - MINUTE_MS, alert_id=alert_id)
    Worker("on-call", Target(failed("refused the message (401)")), Outbox(lambda: store, lambda: NOW_MS)).work()

    page = open_page("alerts", alert=str(alert_id))

    steps, told = (table.value for table in page.dataframe)
    assert steps["what"].to_list() == ["fired"]
    assert (told["target"][0], told["state"][0], told["reason"][0]) == ("on-call", "failed", "refused the message (401)")
    assert "](http" not in marked_up(page)
    page.button(key="acknowledge").click().run()
    assert [what[:2] for what in desk.done] == [("acknowledge", alert_id)]


@pytest.mark.parametrize("asked", ["99", "x", "-1", "9" * 40])
@pytest.mark.usefixtures("desk")
def test_link_to_an_alert_that_is_not_there_says_so(open_page: Opener, asked: str) -> None:
    page = open_page("alerts", alert=asked)

    assert page.info[0].value == "There is no such alert in this database."


@pytest.mark.usefixtures("desk")
def test_without_targets_the_page_says_how_to_set_one_up(open_page: Opener) -> None:
    page = open_page("alerts", show="Targets")

    assert [info.title for info in page.info] == ["Nobody is told outside"]
    assert "[[alert_targets]]" in page.code[0].value


def test_targets_show_how_they_fare_and_are_sent_a_test(site: Site, open_page: Opener) -> None:
    outbox = with_targets(site, {"works": sent(), "fails": failed("refused the message (401)")})
    put_delivery(site.wired.store, "fails", at_ms=NOW_MS - MINUTE_MS)
    Worker("fails", Target(failed("refused the message (401)")), outbox).work()
    page = open_page("alerts", show="Targets")
    assert any(text.value.endswith("refused the message (401).") for text in page.text)

    page.button(key="test_works").click().run()
    assert [done.value for done in page.success] == ["Sent. See that it has arrived."]
    page.button(key="test_fails").click().run()

    assert [error.value for error in page.error] == ["Not sent: refused the message (401)."]
    assert not page.success


def test_rule_offers_the_targets_there_are(site: Site, open_page: Opener) -> None:
    with_targets(site, {"on-call": sent()})

    page = open_page("alerts", rule="new")

    assert page.multiselect(key="rule/new/targets").options == ["on-call (Webhook)"]


def test_text_of_people_is_text_where_markdown_is_read() -> None:
    assert literal("a [b](c) :red[d] _e_\n# f") == r"a \[b\]\(c\) \:red\[d\] \_e\_ \# f"
