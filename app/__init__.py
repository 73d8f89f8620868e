"""Retail Sync: a shop and its analytics on Plotly Dash."""

__version__ = "0.1.0"
