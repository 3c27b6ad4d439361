"""The dashboard: pages, push endpoint, live stream, health and background sources in one process.

`streamlit run dashboard.py` and `uvicorn dashboard:app` both start it.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# Streamlit runs the page script with that script's folder on the path; the packages stand beside this file.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

import cli  # noqa: E402
from live.first_page import FirstPage  # noqa: E402
from serving import Server  # noqa: E402
from settings import read_settings  # noqa: E402

try:
    server = Server(read_settings(os.environ))
except cli.EXPECTED as error:
    raise SystemExit(f"Floorwalker cannot start: {error}") from error

app = st.App(ROOT / "pages" / "shell.py", routes=server.routes(), middleware=[Middleware(FirstPage)], lifespan=server.lifespan)
