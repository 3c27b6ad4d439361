"""The dashboard, with a count of the statements its database was asked: `uvicorn tests.benchmarks.live.counted_dashboard:app`."""

from __future__ import annotations

from typing import Any

PATH = "/benchmark/statements"


class Counted:
    """The ASGI application of the dashboard; at one more address it tells how many statements there were."""

    def __init__(self) -> None:
        # Importing the dashboard makes the server, so it is done where one is wanted.
        from sqlalchemy import Engine, event
        from starlette.responses import JSONResponse

        from dashboard import app as dashboard

        self._dashboard = dashboard
        self._answer = JSONResponse
        self._count = 0
        event.listen(Engine, "before_cursor_execute", self._one_more)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") == PATH:
            await self._answer({"statements": self._count})(scope, receive, send)
        else:
            await self._dashboard(scope, receive, send)

    def _one_more(self, *_: object) -> None:
        self._count += 1


def __getattr__(name: str) -> Any:
    """Make `app` when it is first asked for: the module's constant is read by the process that measures, too."""
    if name != "app":
        raise AttributeError(name)
    made = globals()["app"] = Counted()
    return made
