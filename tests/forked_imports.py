"""All that the dashboard and the command lines import, but nothing that they do."""

# ruff: noqa: F401

import functools

import anyio._backends._asyncio
import textblob.en.sentiments
import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto
from streamlit.components.v2 import manifest_scanner
from streamlit.web import cli
from streamlit.web.server.starlette import starlette_agent_routes, starlette_server

import ingest.__main__
import live.first_page
import metrics.__main__
import pages.imports
import serving

# Streamlit looks for components in every installed package: they are the same each time.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
manifest_scanner.scan_component_manifests()
