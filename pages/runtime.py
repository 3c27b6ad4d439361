"""What pages may read and what they may do, put here once by whoever started them: the server, or a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from live.alerts.desk import AlertDesk
from live.claims import Claims
from live.delivery.deliveries import Deliveries
from live.export_desk import ExportDesk
from live.floor import Floor
from live.viewers import Viewer
from metrics.annotations import Annotations
from metrics.bands import Bands
from metrics.bot_sessions.entitlement import Entitlement
from metrics.metric_targets import MetricTargets
from metrics.saved_views import SavedViews
from metrics.silence import Silence


@dataclass(frozen=True, slots=True)
class Runtime:
    """One database and its live floor, as pages see them."""

    store: Any  # the open database, to be handed on to metrics and live; pages do not look into it
    floor: Floor
    deliveries: Deliveries  # whom alerts are told outside, and how that goes
    now_ms: Callable[[], int]
    is_demo: bool
    stream_path: str
    ask_path: str  # where the floor is asked for in single requests, while no stream can be opened
    lines_path: str  # likewise, the last lines of one conversation
    stream_token: Callable[[Viewer], str]
    claims: Claims  # taking a conversation on, and releasing it
    viewer_header: str | None  # in which a proxy that signs people in says who is asking
    settle: Callable[[], None]  # closes what is due and counts it; every page of the past does this first
    replay: Callable[[Sequence[int]], Sequence[Any]]  # rejected records by id: what became of each
    demo_progress: Callable[[], float | None]  # share of the simulated history that is there; None when there is no more to come
    bands: Bands  # the limits that live figures are held to
    silence: Silence  # that is expected of sources
    console_link: Callable[[str, str], str]  # source, conversation id: where a supervisor can act on it, "" where nowhere
    read_rules: Callable[..., tuple[Any, tuple[str, ...]]]  # a routing configuration with other rules (rows), or what is wrong
    routing_files: Callable[[], Any]  # how the files of the routing configuration stand: place and faults; None where none is set
    alerts: AlertDesk
    alerts_path: str  # of the stream of alerts; the floor's token admits to it
    saved_views: SavedViews  # links that somebody gave a name
    annotations: Annotations  # what happened when, as people note it
    metric_targets: MetricTargets  # what figures should be
    exports: ExportDesk  # makes files of rows beside the server
    download_link: Callable[[Viewer, str, str], str]  # of a finished file: its key, and "file" or "manifest"
    entitlement: Callable[[], Entitlement]  # to bot sessions, as it stands now
    time_zone: str  # of the operator; a page shows the viewer's own where the browser tells it


class _Place:
    current: Runtime | None = None


def install(new: Runtime | None) -> None:
    """Put the runtime where pages find it."""
    _Place.current = new


def runtime() -> Runtime:
    """The runtime. Raises where a page is run outside the server."""
    if _Place.current is None:
        raise RuntimeError("start the dashboard with `make run` or `streamlit run dashboard.py`; a page does not run alone")
    return _Place.current
