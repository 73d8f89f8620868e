"""Papers for the people who pack: GET /admin/orders/pick-list.pdf and packing-slips.pdf, `orders` their ids."""

from __future__ import annotations

import flask

from app import numbers
from app.domain import Access, Attachment
from app.domain.fulfilment import MOST_AT_ONCE
from app.errors import InvalidInput
from app.services import services
from app.web.identity.principal import require

blueprint = flask.Blueprint("packing", __name__)


@blueprint.get("/admin/orders/pick-list.pdf")
def pick_list() -> flask.Response:
    require(Access.FULFIL)
    return _shown(services().packing_papers.pick_list(_asked()))


@blueprint.get("/admin/orders/packing-slips.pdf")
def slips() -> flask.Response:
    require(Access.FULFIL)
    return _shown(services().packing_papers.packing_slips(_asked()))


def _asked() -> list[int]:
    """Raises InvalidInput for what is no id."""
    asked = flask.request.args.get("orders", "")[: 21 * (MOST_AT_ONCE + 1)]
    ids = [numbers.natural(text) for text in asked.split(",") if text]
    if None in ids:
        raise InvalidInput("Choose orders from the list.", "orders")
    return [found for found in ids if found is not None]


def _shown(file: Attachment) -> flask.Response:
    """In the browser's own viewer, to be printed."""
    response = flask.Response(file.data, mimetype=file.mimetype)
    response.headers["Content-Disposition"] = f'inline; filename="{file.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
