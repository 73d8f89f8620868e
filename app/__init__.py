"""Retail Sync: a shop and its analytics on Plotly Dash."""

import os

# Before numpy is loaded: several processes share the machine, and small matrices gain nothing from more threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
