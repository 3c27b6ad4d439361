"""Configuration files: what they say in each format, and what a fault in one is called and where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.configuration.faults import FaultyConfigurationError
from ingest.configuration.reading import read_configuration
from metrics.routing.evaluate import route
from store.routing.records import Condition, Distribution, Hours, Licences, Member, Operator, Variable, VariableType

EXAMPLE = Path(__file__).resolve().parents[2] / "routing.example.toml"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


def faults(place: Path) -> list[str]:
    with pytest.raises(FaultyConfigurationError) as raised:
        read_configuration(place)
    return [str(fault) for fault in raised.value.faults]


def test_the_example_is_the_reference_configuration() -> None:
    configuration = read_configuration(EXAMPLE)

    topics = {
        topic: route(configuration, "ChatWorkStream", {"BotHandoffTopic": topic}).queue
        for topic in ("CreditCard", "HomeLoan", "Pets")
    }
    assert route(configuration, "ChatWorkStream", {}).queue == "BotQueue"
    assert topics == {"CreditCard": "CreditCardQueue", "HomeLoan": "HomeLoanQueue", "Pets": "GeneralQueue"}


SAME = {
    "toml": """
        [[workstreams]]
        name = "Chat"
        distribution = "pick"
        channels = ["webchat", "SMS"]
        fallback_queue = "Cards"
        [[workstreams.variables]]
        name = "Topic"
        [[workstreams.variables]]
        name = "Score"
        type = "number"
        [[queues]]
        name = "Cards"
        members = [{ bot = "Ava", capacity = 9 }, { person = "Dana", capacity = 3 }]
        hours = [{ days = ["mon", "fri"], from = "08:00", until = "17:30" }]
        overflow_at = 5
        [[rules]]
        name = "Cards first"
        workstream = "Chat"
        queue = "Cards"
        match = "any"
        conditions = [
          { variable = "Topic", is = "in", values = ["card", "credit"] },
          { variable = "Score", is = "greater than", value = "10" },
        ]
        [[bots]]
        name = "Ava"
        escalates = false
        [[licences]]
        from = "2026-07"
        licences = 120
        packs = 10
        [[licences]]
        from = "2026-01"
        licences = 100
        """,
    "workstreams_csv": """
        name,distribution,channels,fallback_queue,variable,type
        Chat,pick,webchat;SMS,Cards,Topic,
        Chat,,,,Score,number
        """,
    "queues_csv": """
        name,bot,person,capacity,days,from,until,overflow_at
        Cards,Ava,,9,mon;fri,08:00,17:30,5
        Cards,,Dana,3,,,,
        """,
    "rules_csv": """
        name,workstream,queue,match,variable,is,value,values
        Cards first,Chat,Cards,any,Topic,in,,card;credit
        Cards first,Chat,Cards,any,Score,greater than,10,
        """,
    "bots_csv": """
        name,escalates
        Ava,no
        """,
    "licences_csv": """
        from,licences,packs
        2026-01,100,
        2026-07,120,10
        """,
}


def test_toml_json_and_csv_say_the_same(tmp_path: Path) -> None:
    import tomllib

    tables = {name: text for name, text in SAME.items() if name.endswith("_csv")}
    for name in ("toml", "json", "csv"):
        (tmp_path / name).mkdir()
    write(tmp_path / "toml", routing_toml=SAME["toml"])
    write(tmp_path / "json", routing_json=json.dumps(tomllib.loads(dedent(SAME["toml"]))))
    write(tmp_path / "csv", **tables)

    found = [read_configuration(tmp_path / name) for name in ("toml", "json", "csv")]

    assert found[0] == found[1] == found[2]
    (stream,), (queue,), (rule,), (bot,) = found[0].workstreams, found[0].queues, found[0].rules, found[0].bots
    assert (stream.distribution, stream.channels) == (Distribution.PICK, ("webchat", "sms"))
    assert stream.variables == (Variable("Topic"), Variable("Score", VariableType.NUMBER))
    assert queue.members == (Member("Ava", is_bot=True, capacity=9), Member("Dana", is_bot=False, capacity=3))
    assert (queue.hours, queue.overflow_at) == ((Hours((0, 4), 480, 1050),), 5)
    assert rule.conditions[0] == Condition("Topic", Operator.IN, ("card", "credit"))
    assert not bot.escalates
    assert found[0].licences == (Licences("2026-01", 100), Licences("2026-07", 120, 10))


@pytest.mark.parametrize(
    ("held", "fault"),
    [
        ("licences = 5", 'from is missing; write a month, such as "2026-11"'),
        ('from = "2026-13"\nlicences = 5', """from is '2026-13'; write a month, such as "2026-11\""""),
        ('from = "2026-01"', "licences is missing; write how many are held, 0 for none"),
        ('from = "2026-01"\nlicences = -1', "licences is -1; write a whole number from 0 to 1,000,000"),
        ('from = "2026-01"\nlicences = 1\npacks = "x"', "packs is 'x'; write a whole number from 0 to 1,000,000"),
        ('from = "2026-01"\nlicences = 1\nseats = 1', 'seats is no field here; known are "licences", "packs", "from"'),
    ],
)
def test_wrong_licences_are_named_with_line_and_remedy(tmp_path: Path, held: str, fault: str) -> None:
    write(tmp_path, routing_toml="[[licences]]\n" + held)

    assert [found for found in faults(tmp_path) if found.startswith("routing.toml:") and found.endswith(fault)]


def test_licences_of_one_month_stand_once(tmp_path: Path) -> None:
    write(tmp_path, routing_toml='[[licences]]\nfrom = "2026-01"\nlicences = 1\n[[licences]]\nfrom = "2026-01"\nlicences = 2')

    assert faults(tmp_path) == ["routing.toml:5: 2026-01 stands here twice; it is at routing.toml:1 already; leave out one"]


GOOD = """
    [[workstreams]]
    name = "Chat"
    variables = [{ name = "Topic" }]

    [[queues]]
    name = "Cards"

    [[rules]]
    name = "One"
    workstream = "Chat"
    queue = "Cards"
    conditions = [{ variable = "Topic", is = "equals", value = "card" }]
    """


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('queue = "Cards"', 'queue = "Card"', "routing.toml:11: queue Card is not configured; write Cards or configure it"),
        (
            'workstream = "Chat"',
            'workstream = "chat"',
            "routing.toml:10: workstream chat is not configured; write Chat or configure it",
        ),
        (
            'variable = "Topic"',
            'variable = "topic"',
            "routing.toml:12: topic is no context variable of Chat; write Topic or declare it there",
        ),
        ('is = "equals"', 'is = "equal"', 'routing.toml:12: is is \'equal\'; write "equals", "not equals",'),
        (
            'is = "equals"',
            'is = "less than"',
            'routing.toml:12: Topic is text, and "less than" compares numbers; declare it with type = "number"',
        ),
        (', value = "card"', "", 'routing.toml:12: "equals" has 0 values; write a value, or values = a list'),
        ('name = "Cards"', 'name = "Cards"\n    capasity = 3', "routing.toml:7: capasity is no field here; known are"),
        ('name = "One"', 'name = ""', "routing.toml:9: name is ''; write a name of 1 to 100 characters"),
        ("[[queues]]", "[[queue]]", "routing.toml: queue is no table; known are workstreams, queues, rules, bots"),
        ('name = "Chat"', 'name = "Chat', "routing.toml:2: is not TOML"),
    ],
)
def test_a_fault_names_file_line_and_remedy(tmp_path: Path, old: str, new: str, expected: str) -> None:
    write(tmp_path, routing_toml=dedent(GOOD).replace(old, dedent(new), 1))

    assert faults(tmp_path)[0].startswith(expected)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, routing_toml=GOOD.replace('queue = "Cards"', 'queue = "Nowhere"').replace("equals", "looks like"))

    assert len(faults(tmp_path)) == 2


def test_the_same_name_twice_says_where_the_first_stands(tmp_path: Path) -> None:
    write(tmp_path, a_toml='[[queues]]\nname = "Cards"\n', b_json='{"queues": [\n {"name": "Cards"}\n]}')

    assert faults(tmp_path) == ["b.json:2: Cards stands here twice; it is at a.toml:1 already; rename one"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"rules_csv": "name,workstream,queue\nOne,Chat,Cards,more\n"}, "rules.csv:2: has more cells than"),
        ({"things_csv": "name\na\n"}, "things.csv: things is no table"),
        ({"routing_json": '{"queues": [\n {"name": 3}]}'}, "routing.json:2: name is 3"),
        ({"routing_json": '{"queues": [\n {"name": "a",}]}'}, "routing.json:2: is not JSON"),
        ({"queues_csv": "name,person,capacity\nCards,Dana,many\n"}, "queues.csv:2: capacity is 'many'"),
        ({}, "holds no .toml, .json or .csv file"),
        ({"empty_toml": ""}, "configures nothing"),
    ],
)
def test_what_cannot_be_read_says_so(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    write(tmp_path, **files)

    assert expected in faults(tmp_path)[0]


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert "cannot be read" in faults(tmp_path / "gone.toml")[0]


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "members", "is", "conditions", "days", "hours", "bot"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(["workstreams", "queues", "rules", "bots"]), WILD, max_size=4))
def test_whatever_a_file_holds_is_read_or_refused_in_words(tmp_path: Path, data: dict[str, object]) -> None:
    place = tmp_path / "wild.json"
    place.write_text(json.dumps(data), encoding="utf-8")

    try:
        read_configuration(place)
    except FaultyConfigurationError as error:
        assert all(fault.what and fault.remedy for fault in error.faults)
