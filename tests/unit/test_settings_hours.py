"""Hours of sources as the settings have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.hours import Hours
from settings import ConfigurationError, read_settings
from settings.hours import WeekHours
from wiring import silence_from

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def hours(tmp_path: Path, text: str) -> WeekHours:
    path = tmp_path / "floorwalker.toml"
    path.write_text(f'[hours_by_source]\nweb = "{text}"', encoding="utf-8")
    found: WeekHours = read_settings({}, path).hours_by_source["web"]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon-fri 08:00-20:00 Europe/Berlin", (WORKDAYS, "08:00", "20:00", "Europe/Berlin")),
        ("06:00-24:00 UTC", ((*WORKDAYS, "sat", "sun"), "06:00", "24:00", "UTC")),
        ("sat-mon wed 22:00-06:00 Asia/Kolkata", (("mon", "wed", "sat", "sun"), "22:00", "06:00", "Asia/Kolkata")),
        ("Sun 00:00-24:00 UTC", (("sun",), "00:00", "24:00", "UTC")),
    ],
)
def test_days_times_and_zone_are_read(tmp_path: Path, text: str, expected: tuple[object, ...]) -> None:
    assert hours(tmp_path, text) == WeekHours(*expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon-fri",
        "mon-fri 08:00-20:00",
        "8-20 UTC",
        "08:00-25:00 UTC",
        "24:00-08:00 UTC",
        "noday 08:00-20:00 UTC",
        "08:00-20:00 Mars/Phobos",
    ],
)
def test_what_are_no_hours_is_refused_with_an_example(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"hours_by_source .* must be .*mon-fri 08:00-20:00 Europe/Berlin"):
        hours(tmp_path, text)


def test_a_variable_may_name_them_by_source() -> None:
    settings = read_settings({"FLOORWALKER_HOURS_BY_SOURCE": "web=mon-fri 08:00-20:00 UTC,phone=09:00-17:00 UTC"})

    assert silence_from(settings).hours_by_source == {
        "web": Hours(WORKDAYS, 480, 1200, "UTC"),
        "phone": Hours((*WORKDAYS, "sat", "sun"), 540, 1020, "UTC"),
    }
