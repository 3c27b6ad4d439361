"""Who watches: streams are the truth, tabs of one viewer count once, and whoever is shown the same conversation hears of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from live.presence import Presence
from live.viewers import Viewer

DANA, MAX = Viewer("guest:d", "Dana"), Viewer("guest:m", "Max")


def names(presence: Presence, key: int) -> list[str]:
    return [viewer.name for viewer in presence.watchers(key)]


def test_tabs_of_one_viewer_count_once_and_the_last_one_closed_ends_it() -> None:
    presence = Presence()
    presence.put("tab 1", 7, DANA)
    presence.put("tab 2", 7, DANA)
    presence.put("tab 3", 7, MAX)

    assert (names(presence, 7), presence.counts) == (["Dana", "Max"], {7: 2})
    presence.drop("tab 1")
    assert names(presence, 7) == ["Dana", "Max"]
    presence.drop("tab 2")
    assert (names(presence, 7), presence.counts) == (["Max"], {7: 1})
    presence.drop("tab 3")
    assert presence.counts == {}


def test_stream_that_shows_another_conversation_leaves_the_first_and_both_are_told() -> None:
    told: list[int] = []
    presence = Presence(told.append)
    presence.put("tab", 7, DANA)
    told.clear()

    presence.put("tab", 8, DANA)

    assert told == [7, 8]
    assert presence.counts == {8: 1}


def test_new_name_is_told_and_the_same_again_is_not() -> None:
    told: list[int] = []
    presence = Presence(told.append)
    presence.put("tab", 7, DANA)
    presence.put("tab", 7, DANA)
    presence.put("tab", 7, Viewer(DANA.id, "Dana S."))

    assert (told, names(presence, 7)) == ([7, 7], ["Dana S."])


def test_stream_of_nothing_and_viewer_without_a_name_are_not_seen() -> None:
    presence = Presence()
    presence.put("tab", 7, DANA)
    presence.put("tab", None, DANA)
    presence.put("wall", 7, Viewer("screen", ""))

    assert presence.counts == {}


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from([None, 7, 8]), st.sampled_from(["a", "b", "c"]), st.booleans()), max_size=40
    )
)
def test_counts_are_those_of_the_open_streams_whatever_happened(steps: list[tuple[int, int | None, str, bool]]) -> None:
    presence = Presence()
    open_streams: dict[int, tuple[int, str]] = {}
    for stream, key, who, is_gone in steps:
        if is_gone:
            presence.drop(stream)
            open_streams.pop(stream, None)
        else:
            presence.put(stream, key, Viewer(who, who))
            open_streams.pop(stream, None)
            if key is not None:
                open_streams[stream] = (key, who)

    expected = {key: {who for at, who in open_streams.values() if at == key} for key in (7, 8)}
    assert presence.counts == {key: len(watchers) for key, watchers in expected.items() if watchers}
    assert {key: set(names(presence, key)) for key in (7, 8)} == expected
