"""Saved views: a link is a view, and giving it a name keeps it for everybody."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from metrics.annotations import clean_text
from store.engine import Connection, Store
from store.saved_views import add_view, change_view, delete_view, view_called, views_by_name

MAX_NAME = 60
MAX_QUERY = 4_000
MOST = 500


class ViewError(ValueError):
    """A view that cannot be kept so; the message says what to do."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A page with all that was chosen on it. The name is somebody's own: it is shown as text only."""

    view_id: int
    page: str
    name: str
    query: str
    made_ms: int
    made_by: str
    changed_ms: int
    changed_by: str


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The views of one database. Each call is one short transaction."""

    store: Store
    now_ms: Callable[[], int]

    def every(self) -> list[SavedView]:
        """All of them, by name."""
        with self.store.read() as connection:
            rows = views_by_name(connection)
        return [SavedView(**{name: row[name] for name in SavedView.__slots__}) for row in rows]

    def save(self, page: str, name: str, query: str, *, by: str) -> int:
        """Keep what a page shows under a name; its number. Raises ViewError."""
        said = _name(name)
        if len(query) > MAX_QUERY:
            raise ViewError("Too much is chosen to be kept in one view. Choose less, or keep the link itself.")
        changed = {"changed_ms": self.now_ms(), "changed_by": clean_text(by)[:MAX_NAME]}
        values = {"page": page, "name": said, "name_key": _key(said), "query": query, **changed}
        made = {"made_ms": changed["changed_ms"], "made_by": changed["changed_by"]}
        with self.store.write() as connection:
            self._refuse_clash(connection, said)
            if len(views_by_name(connection)) >= MOST:
                raise ViewError(f"There are {MOST} views, and there can be no more. Delete some first.")
            return add_view(connection, values | made)

    def rename(self, view_id: int, name: str, *, by: str) -> None:
        """Call it otherwise. Raises ViewError, also where it is no more."""
        said = _name(name)
        values = {
            "name": said,
            "name_key": _key(said),
            "changed_ms": self.now_ms(),
            "changed_by": clean_text(by)[:MAX_NAME],
        }
        with self.store.write() as connection:
            self._refuse_clash(connection, said, but=view_id)
            if not change_view(connection, view_id, values):
                raise ViewError("It has been deleted meanwhile; save it again.")

    def delete(self, view_id: int) -> bool:
        """Forget it; False where it is no more."""
        with self.store.write() as connection:
            return delete_view(connection, view_id)

    def _refuse_clash(self, connection: Connection, name: str, *, but: int | None = None) -> None:
        other = view_called(connection, _key(name))
        if other is not None and other["view_id"] != but:
            raise ViewError(f"{other['made_by']} has made a view of this name, {other['name']!r}. Choose another name.")


def _name(text: str) -> str:
    said = clean_text(text)
    if not said:
        raise ViewError("Give the view a name.")
    if len(said) > MAX_NAME:
        raise ViewError(f"Give it a name of {MAX_NAME} characters or fewer.")
    return said


def _key(name: str) -> str:
    """Names that look alike are the same."""
    return unicodedata.normalize("NFKC", name).casefold()
