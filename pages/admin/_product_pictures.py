"""The pictures of the product form: what the browser sends of them, and what becomes of their list."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from app.domain import ProductPicture
from app.errors import InvalidInput
from app.services import services
from app.services.stock.product_drafts import MOST_PICTURES
from pages.admin._common import text_of

PICTURE_LIMIT = 5 * 1024 * 1024
_DATA_URL = re.compile(r"data:image/(?:png|jpeg|webp);base64,")
_FILE_NAME = re.compile(r"[0-9a-f]{32}\.webp")


def pictures_of(names: Any, fields: Sequence[dict[str, Any]]) -> list[ProductPicture]:
    """The form's pictures in order. `fields`: what each shows, as Dash hands over pattern-matching states.

    Raises InvalidInput.
    """
    if not isinstance(names, list) or not all(isinstance(one, str) and _FILE_NAME.fullmatch(one) for one in names):
        raise InvalidInput("The list of pictures is out of date. Open the product again.", "pictures")
    alts = {one["id"]["key"]: one.get("value") for one in fields}
    return [ProductPicture(name, text_of(alts.get(name), 1_000, "pictures")) for name in dict.fromkeys(names)]


def with_new(pictures: Sequence[ProductPicture], contents: Any) -> list[ProductPicture]:
    """With an uploaded one at the end, which is kept from now on. Raises InvalidInput."""
    if len(pictures) >= MOST_PICTURES:
        raise InvalidInput(f"A product may have at most {MOST_PICTURES} pictures. Remove one first.", "pictures")
    name = services().inventory.add_picture(data_of(contents))
    if name in {one.name for one in pictures}:
        raise InvalidInput("This picture is in the list already.", "pictures")
    return [*pictures, ProductPicture(name)]


def moved(pictures: Sequence[ProductPicture], does: str) -> list[ProductPicture]:
    """After a click on the button "<up, down or out>:<file name>"; one that is not in the list changes nothing."""
    what, _, name = does.partition(":")
    changed = list(pictures)
    at = next((at for at, one in enumerate(changed) if one.name == name), None)
    if at is None or what not in ("up", "down", "out"):
        return changed
    one = changed.pop(at)
    if what != "out":
        changed.insert(max(at - 1, 0) if what == "up" else at + 1, one)
    return changed


def data_of(contents: Any) -> bytes:
    """The bytes of an uploaded picture (a data URL); whether they are one is for the image store to say."""
    match = _DATA_URL.match(contents) if isinstance(contents, str) else None
    if match is None:
        raise InvalidInput("Choose a PNG, JPEG or WebP picture.", "image")
    try:
        picture = base64.b64decode(contents[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("The picture did not arrive complete. Choose it again.", "image") from None
    if len(picture) > PICTURE_LIMIT:
        raise InvalidInput("The picture is larger than 5 MB.", "image")
    return picture
