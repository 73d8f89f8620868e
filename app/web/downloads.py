"""Files that people download: GET /orders/<id>/invoice.pdf, and the credit notes beside it."""

from __future__ import annotations

import flask

from app import numbers
from app.domain import Attachment
from app.errors import NotFound
from app.services import services
from app.web.identity.principal import current_principal
from app.words import mark

blueprint = flask.Blueprint("downloads", __name__)


@blueprint.get("/orders/<order_id>/invoice.pdf")
def invoice(order_id: str) -> flask.Response:
    """For whom the order's page shows it; the same 404 for everybody else, whether the order exists or not."""
    number = numbers.natural(order_id)
    if number is None:
        raise NotFound(mark("There is no such order."))
    return _sent(services().invoices.download(current_principal(), number))


@blueprint.get("/orders/<order_id>/credit-notes/<note>.pdf")
def credit_note(order_id: str, note: str) -> flask.Response:
    """For whom the order's page shows it, as the invoice."""
    number = numbers.natural(order_id)
    if number is None:
        raise NotFound(mark("There is no such order."))
    return _sent(services().invoices.credit_note(current_principal(), number, note))


def _sent(file: Attachment) -> flask.Response:
    response = flask.Response(file.data, mimetype=file.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
