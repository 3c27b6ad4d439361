"""What a search finds follows what conversations say: open and closed, changed, re-sent, joined, gone."""

from __future__ import annotations

import pytest

from metrics.filters import Filters
from metrics.found import find_page
from metrics.indexing import Indexing, catch_up, rebuild, state_of
from metrics.settle import rederive
from metrics.windows import Window
from store.engine import open_store
from store.history import page_of_closed
from store.reads import find_conversation
from store.search.indexing import forget_index
from store.search.tables import has_old_text
from store.search.words import facts_of
from store.selecting import Selection
from tests.stored import Loader
from tests.transcripts import ms, wire

LATE = "10:00:00 customer: my parcel is late\n10:00:05 bot: It comes tomorrow."
REFUND = "11:00:00 customer: refund please\n11:00:05 bot: You have it.\n11:00:10 end completedSuccessfully"


@pytest.fixture
def loader(store):
    if not store.url.startswith("sqlite"):
        pytest.skip("the index is SQLite's own")
    return Loader(store)


def found(store, typed, *, limit=50, **filters):
    """The ids that every page together holds, as many as are counted."""
    chosen, ids, after = Filters(search=typed, **filters).selection(bots_only=False), [], None
    with store.read() as connection:
        while True:
            page = find_page(connection, chosen, after, limit)
            ids += [row["conversation_id"] for row in page.rows]
            counted, after = (page.count, page.is_capped), page.next
            if after is None:
                break
    assert counted == (len(ids), False)
    return ids


def test_conversations_are_found_by_what_anybody_said_in_them_latest_first(loader):
    loader.write(wire(LATE, conversation="c1"), wire(REFUND, conversation="c2"))
    loader.write(wire("12:00:00 customer: refund\n12:00:01 agent Bea: tomorrow", conversation="c3"))
    loader.settle()
    catch_up(loader.store)

    assert found(loader.store, "refund") == ["c3", "c2"]
    assert found(loader.store, "tomorrow") == ["c3", "c1"]
    assert found(loader.store, "refund NOT tomorrow") == ["c2"]
    assert found(loader.store, '"is late"') == ["c1"]
    assert found(loader.store, '"late it"') == []


def test_phrase_does_not_reach_from_one_message_into_the_next(loader):
    loader.write(wire("10:00:00 customer: where is it\n10:00:01 customer: my parcel"))
    loader.settle()
    catch_up(loader.store)

    assert found(loader.store, "it my") == ["c1"]
    assert found(loader.store, '"it my"') == []


def test_open_conversation_is_found_by_its_latest_words_and_stays_found_once_it_is_closed(loader):
    loader.now_ms = ms("10:01:00")
    loader.write(wire(LATE))
    catch_up(loader.store)
    assert found(loader.store, "parcel") == ["c1"]
    assert found(loader.store, "manager") == []

    loader.write(wire(LATE + "\n10:00:40 #9 customer: get me a manager"))
    catch_up(loader.store)
    assert found(loader.store, "parcel manager") == ["c1"]

    loader.now_ms = ms("2026-03-09T10:00:00")
    loader.settle()
    catch_up(loader.store)
    assert found(loader.store, "parcel manager") == ["c1"]


def test_what_waits_is_not_found_by_what_it_said_before(loader):
    loader.write(wire(LATE))
    loader.settle()
    catch_up(loader.store)

    loader.write(wire(LATE + "\n10:00:40 #9 customer: never mind, cancel"))

    assert found(loader.store, "parcel") == []
    assert state_of(loader.store).waiting == 1
    loader.settle()
    catch_up(loader.store)
    assert found(loader.store, "parcel cancel") == ["c1"]


def test_message_that_was_edited_is_found_by_its_new_words_alone(loader):
    loader.write(wire("10:00:00 #a customer: my parcel\n10:00:05 bot: ok"))
    loader.settle()
    catch_up(loader.store)

    edited = (
        '10:00:00 #a customer: my letter | {"type": "messageUpdate", "localTimestamp": "2026-03-02T10:02:00Z"}\n10:00:05 bot: ok'
    )
    loader.write(wire(edited))
    loader.settle()
    catch_up(loader.store)

    assert found(loader.store, "letter") == ["c1"]
    assert found(loader.store, "parcel") == []


def test_re_sent_conversation_is_found_once(loader):
    for _ in range(3):
        loader.write(wire(LATE))
        loader.settle()
        catch_up(loader.store)

    assert found(loader.store, "parcel") == ["c1"]


def test_conversation_that_became_part_of_another_is_found_no_more(loader):
    one = '10:00:00 event startConversation {"msdyn_liveworkitemid": "w1"}\n10:00:01 customer: parcel'
    loader.write(wire("10:00:00 customer: letter\n10:00:01 bot: yes", conversation="w1"))
    loader.settle()
    catch_up(loader.store)
    assert found(loader.store, "letter") == ["w1"]

    loader.write(wire(one, conversation="c9"))
    loader.settle()
    catch_up(loader.store)

    assert found(loader.store, "letter OR parcel") == ["w1"]
    assert found(loader.store, "letter parcel") == ["w1"]


def test_deriving_anew_leaves_documents_alone_that_say_the_same(loader):
    loader.write(wire(LATE, conversation="c1"), wire(REFUND, conversation="c2"))
    loader.settle()
    catch_up(loader.store)

    rederive(loader.store, loader.deriver, now_ms=loader.now_ms)
    assert catch_up(loader.store) == 2

    assert (state_of(loader.store).closed, state_of(loader.store).superseded) == (2, 0)
    assert found(loader.store, "refund OR parcel") == ["c2", "c1"]


def test_rebuilt_index_finds_the_same(loader):
    loader.now_ms = ms("11:30:00")
    loader.write(wire(LATE, conversation="c1"), wire(REFUND, conversation="c2"))
    loader.write(wire("11:29:00 customer: refund", conversation="c3"))
    catch_up(loader.store)
    before = found(loader.store, "refund OR late")

    steps = []
    assert rebuild(loader.store, progress=lambda done, total: steps.append((done, total))) == 3

    assert found(loader.store, "refund OR late") == before == ["c3", "c2", "c1"]
    assert steps[-1] == (3, 3)
    with loader.store.read() as connection:
        assert not has_old_text(connection)


def is_left(url):
    """Take a bit of an index that was set aside away, as a process does that has just begun; whether there was any."""
    opened = open_store(url)
    try:
        return Indexing().clear(opened)
    finally:
        opened.close()


def test_index_that_was_set_aside_is_taken_away_bit_by_bit_though_it_is_cut_short(loader, monkeypatch):
    monkeypatch.setattr("metrics.indexing.CLEARED_BLOCKS", 1)
    loader.write(*(wire(REFUND.replace("please", f"please word{number}"), conversation=f"c{number}") for number in range(9)))
    loader.settle()
    catch_up(loader.store)
    for _ in range(2):  # begun anew before the first was cleared
        with loader.store.write() as connection:
            forget_index(connection)
        assert found(loader.store, "refund") == []

    catch_up(loader.store)
    assert len(found(loader.store, "refund")) == 9
    steps = 0
    while is_left(loader.store.url):
        steps += 1
        assert len(found(loader.store, "refund")) == 9

    assert steps > 1
    with loader.store.read() as connection:
        assert not has_old_text(connection)


def test_conversations_that_ended_together_are_all_found_page_by_page(loader):
    loader.write(*(wire(REFUND, conversation=f"c{number}") for number in range(30)))
    loader.write(*(wire(REFUND.replace("11:00:10", "11:00:10.020"), conversation=f"d{number}") for number in range(5)))
    loader.settle()
    catch_up(loader.store)

    ids = found(loader.store, "refund", limit=4)

    assert sorted(ids) == sorted([*(f"c{number}" for number in range(30)), *(f"d{number}" for number in range(5))])
    span = Window(ms("11:00:10"), ms("11:00:10.020"))
    assert sorted(found(loader.store, "refund", window=span)) == sorted(f"c{number}" for number in range(30))
    assert sorted(found(loader.store, "refund", window=Window(ms("11:00:10.020"), None))) == sorted(
        f"d{number}" for number in range(5)
    )


def test_index_is_cut_short_between_any_two_steps_and_goes_on(loader):
    loader.write(*(wire(REFUND, conversation=f"c{number}") for number in range(12)))
    loader.settle()
    indexing = Indexing()
    indexing._batch = 5  # noqa: SLF001

    assert indexing.step(loader.store) == 5
    assert len(found(loader.store, "refund")) == 5
    assert catch_up(loader.store) == 7
    assert len(found(loader.store, "refund")) == 12


def test_count_holds_where_the_index_knows_a_filter_only_nearly(loader):
    scores = ("-0.84", "-0.82", "-0.8", "-0.78", "-0.75", "-0.3")
    loader.write(*(wire(f"10:00:00 customer: {score}\n10:00:05 bot: refund", conversation=score) for score in scores))
    loader.settle()
    catch_up(loader.store)
    with loader.store.read() as connection:
        ended = sorted(row["sentiment_micro"] for row in page_of_closed(connection, Selection(), None, 10))
    assert ended[0] // 100_000 == ended[4] // 100_000, "within one part of the scale"

    for low, high in ((ended[1], ended[4]), (None, ended[2]), (ended[3], None), (ended[2], ended[2]), (ended[4] + 1, ended[5])):
        of = [score for score in ended if (low is None or score >= low) and (high is None or score < high)]
        assert len(found(loader.store, "refund", limit=1, ranges=(("sentiment_micro", low, high),))) == len(of)


def test_no_text_says_what_a_fact_is_called(loader):
    loader.write(wire(REFUND, conversation="c1"))
    loader.settle()
    with loader.store.read() as connection:
        facts = " ".join(facts_of(find_conversation(connection, "c1")))
    loader.write(wire(f"12:00:00 customer: refund {facts}\n12:00:01 bot Max: no", conversation="c2"))
    loader.settle()
    catch_up(loader.store)

    assert found(loader.store, "refund") == ["c2", "c1"]
    assert found(loader.store, "refund", bots=("Ada",)) == ["c1"]
