"""Names of viewers: what is left of hostile ones, and what others may know of an id."""

from __future__ import annotations

import pytest

from live.viewers import MAX_NAME, Viewer, clean_name, guest_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Dana  Scully ", "Dana Scully"),
        ("Дана 董", "Дана 董"),
        ("a\x00b\nc\u2028d", "a b c d"),
        ("\u202egnorw\u2066\u200b", "gnorw"),
        ("lone \ud800 half", "lone half"),
        ("<b>Dana</b>", "<b>Dana</b>"),  # harmless: it is only ever set as text
        ("\u202e \x00", ""),
        ("x" * 100_000, "x" * MAX_NAME),
    ],
)
def test_name_is_one_visible_line_of_a_bearable_length(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_badge_tells_viewers_apart_and_hides_the_id() -> None:
    one, same, other = Viewer("guest:a", "Dana"), Viewer("guest:a", "Max"), Viewer("guest:b", "Dana")

    assert one.badge == same.badge != other.badge
    assert "guest" not in one.badge


def test_guest_without_a_name_is_always_called_the_same() -> None:
    assert guest_name("guest:a") == guest_name("guest:a") != guest_name("guest:b")
    assert guest_name("guest:a").startswith("Guest ")
