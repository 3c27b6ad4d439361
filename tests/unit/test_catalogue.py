"""The catalogue is whole, and everything made from it is up to date."""

from pathlib import Path

import pytest

from metrics.catalogue import CATALOGUE, find_metric
from metrics.definitions import dictionary_rows, metrics_page
from metrics.exports.columns import TABLES
from metrics.figures import Totals
from metrics.filters import Filters
from metrics.metric import MetricKind

PAGE = Path(__file__).parent.parent.parent / "docs" / "metrics.md"


def test_metrics_page_is_the_one_the_catalogue_makes():
    assert PAGE.read_text(encoding="utf-8") == metrics_page(), "run python -m metrics docs"


def test_every_key_of_the_report_is_in_the_catalogue():
    assert set(Totals().as_json()) <= {metric.key for metric in CATALOGUE}


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.key)
def test_metric_is_whole_and_can_be_counted(metric):
    assert find_metric(metric.key) is metric
    assert metric.definition.endswith(".") and metric.definition.count(". ") == 0, "one sentence"
    assert metric.source and metric.numerator
    assert bool(metric.denominator) is (metric.kind is not MetricKind.COUNT)
    assert metric.empty == (0 if metric.kind is MetricKind.COUNT else None)
    assert metric.is_estimate is ("estimated" in metric.label)
    assert hasattr(Totals(), metric.key)
    assert hash(Filters().behind(metric.key)) is not None


def test_dictionary_describes_every_column_once():
    rows = dictionary_rows()

    assert len({(row["table"], row["column"]) for row in rows}) == len(rows) == sum(len(columns) for columns in TABLES.values())
    assert all(row["description"].endswith(".") for row in rows)


def test_page_shows_every_metric_and_every_column():
    page = metrics_page()

    assert all(f"`{metric.key}`" in page and metric.definition in page for metric in CATALOGUE)
    assert all(f"`{column.name}`" in page for columns in TABLES.values() for column in columns)
