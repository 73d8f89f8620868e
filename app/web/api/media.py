"""Product pictures under /api/, for front ends that forward nothing else."""

from __future__ import annotations

import flask

from app.domain import Access
from app.web import media
from app.web.api.failures import NOT_FOUND
from app.web.api.routing import Doc, Tokens, route


@route(
    "/api/media/drawn/<path:product_id>.svg",
    Access.PUBLIC,
    scope=Tokens.ANY,
    doc=Doc(
        "The drawn picture of a product",
        "catalogue",
        description="What `image_data` names for a product without an uploaded picture.",
        media="image/svg+xml",
        refusals=(NOT_FOUND,),
    ),
)
def picture_drawn(product_id: str) -> flask.Response:
    return media.drawn(product_id)


@route(
    "/api/media/products/<name>",
    Access.PUBLIC,
    scope=Tokens.ANY,
    doc=Doc(
        "An uploaded picture",
        "catalogue",
        description="What `image_data` names; its name never changes its content.",
        media="image/webp",
        refusals=(NOT_FOUND,),
    ),
)
def picture_uploaded(name: str) -> flask.Response:
    return media.uploaded(name)
