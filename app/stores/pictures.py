"""What every store of uploaded pictures does with them first: encode them anew, and name them by what is in them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from app.blocking import offload
from app.errors import InvalidInput, NotFound

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 1600  # pixels; larger pictures are scaled down
_FORMATS = ("PNG", "JPEG", "WEBP")
_NAME = re.compile(r"[0-9a-f]{32}\.webp")
_NO_PICTURE = "The picture must be a PNG, JPEG or WebP file."
_TOO_MANY_PIXELS = f"The picture may have at most {MAX_PIXELS // 10**6} megapixels."


@dataclass(frozen=True)
class Picture:
    """Ready to be kept: the same upload gives the same name and the same bytes."""

    name: str
    data: bytes  # WebP


def prepared(upload: bytes) -> Picture:
    """The upload, encoded anew off the event loop. Raises InvalidInput("image") for what is no picture."""
    if len(upload) > MAX_BYTES:
        raise InvalidInput(f"The picture may have at most {MAX_BYTES // 1024**2} MB.", "image")
    data = offload(reencoded, upload)
    return Picture(hashlib.sha256(data).hexdigest()[:32] + ".webp", data)


def no_such_picture() -> NotFound:
    return NotFound("There is no such picture.")


def check_name(name: str) -> None:
    """Raises NotFound for a name that no picture can have."""
    if not _NAME.fullmatch(name):
        raise no_such_picture()


def reencoded(data: bytes) -> bytes:
    """The picture as WebP, upright, without its metadata. Raises InvalidInput for what is no picture."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise InvalidInput(_TOO_MANY_PIXELS, "image")
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clean = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            clean.info.clear()
            out = BytesIO()
            clean.save(out, "WEBP", quality=85, method=4)
    except Image.DecompressionBombError as error:  # so large that Pillow does not even open it
        raise InvalidInput(_TOO_MANY_PIXELS, "image") from error
    # Pillow's decoders raise all of these, and more as ValueError, on broken files.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise InvalidInput(_NO_PICTURE, "image") from error
    return out.getvalue()
