"""A server of nothing but the push endpoint, over a real store: `python -m tests.integration.push_server PORT DATABASE_URL`."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette

from ingest.gather import Gatherer
from ingest.pipeline import Pipeline
from ingest.receiver import routes
from metrics.derive import Deriver
from metrics.rules import Rules
from metrics.sentiment import Scorer, TextBlobEngine
from store.engine import Store, open_store


def pipeline(store: Store) -> Pipeline:
    """The real one, with the default rules."""
    deriver = Deriver(Rules(), Scorer(TextBlobEngine(), default_language="en"))
    return Pipeline(store, deriver, now_ms=lambda: int(datetime.now(UTC).timestamp() * 1000))


def push_app(store: Store, *, token: str | None = None) -> Starlette:
    """The push endpoint, writing into `store`."""
    gatherer = Gatherer(pipeline(store).write)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with gatherer:
            yield

    return Starlette(routes=list(routes(gatherer.accept, token=token, now=lambda: datetime.now(UTC))), lifespan=lifespan)


def main() -> None:
    port, url = sys.argv[1:]
    uvicorn.run(
        push_app(open_store(url), token=os.environ.get("PUSH_TOKEN")), host="127.0.0.1", port=int(port), log_level="warning"
    )


if __name__ == "__main__":
    main()
