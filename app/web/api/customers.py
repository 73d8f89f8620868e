"""The customer list, for admins and for machines with the customers scope."""

from __future__ import annotations

from urllib.parse import urlencode

import flask

from app.domain import Access, Scope
from app.services import services
from app.web.api.answers import Customers
from app.web.api.reading import read_query
from app.web.api.requests import CustomerQuery
from app.web.api.routing import Doc, route
from app.web.api.writing import amount


@route(
    "/api/get_users",
    Access.ADMIN,
    scope=Scope.CUSTOMERS,
    doc=Doc(
        "Customers, with what they bought",
        "staff",
        answers=Customers,
        description="By id; without `limit` the first 10,000. Staff are among them once they bought something.",
        query=CustomerQuery,
        has_pages=True,
    ),
)
def get_users() -> flask.Response:
    query = read_query(CustomerQuery)
    rows, has_more = services().customers.spending(query.q, query.limit, query.cursor)
    response = flask.jsonify(
        [
            {
                "user_id": row.user_id,
                "full_name": row.full_name,
                "email": row.email,
                "total_qty": row.units,
                "total_amount": amount(row.gross),
            }
            for row in rows
        ]
    )
    if has_more:
        words = {"q": query.q} if query.q else {}
        following = urlencode({**words, "limit": query.limit, "cursor": rows[-1].user_id})
        response.headers["Link"] = f'</api/get_users?{following}>; rel="next"'
    return response
