"""A believable year of trade for an empty shop: one call, deterministic, in bulk."""

from app.tools.demo.fill import DemoReport, fill_demo, is_empty

__all__ = ["DemoReport", "fill_demo", "is_empty"]
