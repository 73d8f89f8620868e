"""How much a request may send: tens of KiB, but for the few calls that carry a picture or another service's message.

Refused by what it says of its length before anything of it is read, and sent in chunks as soon as it goes beyond.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain import Access
from app.web.api.routing import BODY_LIMIT, ROUTES
from app.web.identity.principal import current_principal

# A picture of 5 MB, as the upload component sends it (base64), with its form.
PICTURE_FORM_LIMIT = 8 * 1024 * 1024

_NAME = re.compile(rb'"output"\s*:\s*("(?:[^"\\]|\\.){1,2000}")')
_NAMED_WITHIN = 16 * 1024  # pages name the callback first; the picture is what is long


def limit_body(*, is_callback: bool) -> None:
    """Set the limit of this request's body. Raises RequestEntityTooLarge for one that says it is longer."""
    request, declared = flask.request, ROUTES.get(flask.request.endpoint or "")
    limit = declared.body_limit if declared is not None else BODY_LIMIT
    length = request.content_length or 0
    # Which callback it is stands in the body. So a long one is read for those only who may send a picture.
    if is_callback and length > limit and current_principal().may(Access.ADMIN):
        limit = PICTURE_FORM_LIMIT
    request.max_content_length = limit
    if length > limit:
        raise RequestEntityTooLarge()


def check_picture_form(data: bytes, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise RequestEntityTooLarge for a long body that is not the form with a picture, before it is parsed."""
    if len(data) > BODY_LIMIT and not _takes_pictures(callbacks.get(_callback_of(data), {})):
        flask.request.max_content_length = BODY_LIMIT  # as the answer says
        raise RequestEntityTooLarge()


def is_of(data: bytes, output: str) -> bool:
    """Whether a long body's callback is the one that it named at its beginning, by which it was let in."""
    return len(data) <= BODY_LIMIT or _callback_of(data) == output


def _callback_of(data: bytes) -> str:
    """The callback that a body names at its beginning; "" for none."""
    found = _NAME.search(data, 0, _NAMED_WITHIN)
    try:
        return str(json.loads(found[1])) if found else ""
    except ValueError:
        return ""


def _takes_pictures(declared: Mapping[str, Any]) -> bool:
    return any(one["property"] == "contents" for one in declared.get("state", ()))
