"""Everything heavy that pages import, imported once at the start so that the collector can be told to leave it alone."""

import pandas as pd  # noqa: F401
import plotly.graph_objects as go  # noqa: F401
import plotly.io as pio  # noqa: F401

import metrics.catalogue
import metrics.questions  # noqa: F401
