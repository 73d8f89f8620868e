"""Tables to take away: GET /admin/export/<name>.csv and .xlsx, as the page that links to them shows them."""

from __future__ import annotations

import flask

from app.domain import Access
from app.errors import NotFound
from app.services import services
from app.web.exports import replay, shop_days, taxes  # noqa: F401  # add their sheets
from app.web.exports.sheets import SHEETS, Asked
from app.web.exports.writing import csv_lines, xlsx_file
from app.web.identity.principal import require

blueprint = flask.Blueprint("exports", __name__)

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AT_ONCE = 64 * 1024


@blueprint.get("/admin/export/<name>.<kind>")
def export(name: str, kind: str) -> flask.Response:
    """Streamed, so that it takes no more memory for a long table. Raises NotFound, InvalidInput."""
    require(Access.ANALYTICS)
    build = SHEETS.get(name)
    if build is None or kind not in ("csv", "xlsx"):
        raise NotFound("There is no such table to export.")
    sheet = build(Asked(flask.request.args))
    formats = services().formats
    if kind == "csv":
        response = flask.Response(flask.stream_with_context(csv_lines(sheet, formats)), content_type=CSV)
    else:
        file = xlsx_file(sheet, formats)
        parts = iter(lambda: file.read(_AT_ONCE), b"")
        response = flask.Response(parts, content_type=XLSX)
        response.call_on_close(file.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{sheet.file_name}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
