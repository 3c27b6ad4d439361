"""What people type into a search is read, or answered with a sentence; and what is found is marked where it stands."""

from __future__ import annotations

import pytest

from metrics.search import LONGEST, MOST_TERMS, SearchError, highlight, match_for


@pytest.mark.parametrize(
    ("typed", "match"),
    [
        ("", ""),
        ("   ", ""),
        ("refund", '"refund"'),
        ("late refund", '("late" AND "refund")'),
        ("late AND refund", '("late" AND "refund")'),
        ("late OR refund", '("late" OR "refund")'),
        ("refund NOT card", '(("refund") NOT ("card"))'),
        ("refund -card -bank", '(("refund") NOT ("card" OR "bank"))'),
        ("a b OR c", '(("a" AND "b") OR "c")'),
        ("a (b OR c)", '("a" AND ("b" OR "c"))'),
        ('"where is my parcel"', '"where is my parcel"'),
        ('"where is my par"*', '"where is my par" *'),
        ("parc*", '"parc" *'),
        ("order-123", '"order 123"'),
        ("ann@example.com", '"ann example com"'),
        ("and or not", '("and" AND "or" AND "not")'),
        ("NEAR(a b)", '("NEAR" AND ("a" AND "b"))'),
        ("said:refund", '"said refund"'),
        ("a + ^b", None),
        ("\x00refund\x00", '"refund"'),
        ("re\x00fund", '"re fund"'),
        ("退款", '"退 款"'),
        ("退款*", '"退 款"'),
    ],
)
def test_what_is_typed_is_read_as_words_and_never_as_syntax_of_the_index(typed, match):
    if match is None:
        with pytest.raises(SearchError):
            match_for(typed)
    else:
        assert match_for(typed) == match


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('"where is', "quotation mark is not closed"),
        ("(refund", "parenthesis is not closed"),
        ("refund)", "no opening one"),
        ("NOT refund", "Say also what to look for"),
        ("-refund", "Say also what to look for"),
        ("refund OR", "Say also what to look for"),
        ("()", "Say also what to look for"),
        ("refund AND", "nothing to look for behind it"),
        ("AND refund", "between two words"),
        ("refund NOT", "nothing to look for behind it"),
        ("re*", "3 letters or more"),
        ("re*fund", "only at its end"),
        ("!!!", "no letter or digit"),
        ("*", "“*” has no letter"),
        ("x" * (LONGEST + 1), "longer than"),
        ("x" * 100_000, "longer than"),
        (" ".join("x" * (MOST_TERMS + 1)), "more than 32 words"),
        ("(" * 40 + "a" + ")" * 40, "too many parentheses"),
    ],
)
def test_what_means_nothing_is_answered_with_what_to_do(typed, said):
    with pytest.raises(SearchError, match=said):
        match_for(typed)


def marked(text, typed):
    return [text[start:end] for start, end in highlight([text], typed)[0]]


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("My parcel is late, my PARCEL!", "parcel", ["parcel", "PARCEL"]),
        ("Où est le café, Café?", "cafe", ["café", "Café"]),
        ("Ou\u0300 est le cafe\u0301?", "café", ["cafe\u0301"]),
        ("parcels and a parcel", "parc*", ["parcels", "parcel"]),
        ("parcels and a parcel", "parcel", ["parcel"]),
        ("where is my parcel", '"is my"', ["is my"]),
        ("my is", '"is my"', []),
        ("refund the card", "refund NOT bank", ["refund"]),
        ("refund the bank", "refund NOT bank", ["refund"]),
        ("a refund, late", "late refund", ["refund", "late"]),
        ("我要退款，谢谢", "退款", ["退款"]),
        ("ขอเงินคืน", "คืน", ["คืน"]),
        ("<b>refund</b> & co", "refund", ["refund"]),
        ("\ue001refund\ue002", "refund", ["refund"]),
        ("", "refund", []),
        ("anything", "", []),
    ],
)
def test_places_are_marked_where_the_text_says_it(text, typed, found):
    assert marked(text, typed) == found


def test_many_texts_are_marked_as_each_by_itself():
    texts = ["refund", "no", "Refund refund"]

    assert highlight(texts, "refund") == [highlight([text], "refund")[0] for text in texts]
