"""What pages are made of, loaded once for all processes that draw them."""

from __future__ import annotations

import importlib
import pkgutil

import components


def load_page_parts() -> None:
    """Components, and Plotly with them. The pages themselves need an application first."""
    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)
