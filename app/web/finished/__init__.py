"""Finished HTML: what the store's public pages are answered with, before Dash runs in the browser and without it."""
