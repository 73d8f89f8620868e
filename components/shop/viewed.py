"""The place of what was looked at lately: assets/29-viewed.js fills it, from what the browser alone keeps."""

from __future__ import annotations

from dash import html


def recently_viewed(product_id: str = "") -> html.Section:
    """`product_id`: the one whose page it is, which is kept and not shown."""
    return html.Section(
        className="related viewed",
        hidden=True,
        **{"data-product": product_id},
    )
