"""Uploaded product pictures in a folder, re-encoded so that only a picture can be in them."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from app.blocking import offload
from app.errors import InvalidInput, NotFound, StoreUnavailable

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 1600  # pixels; larger pictures are scaled down
_FORMATS = ("PNG", "JPEG", "WEBP")
_NAME = re.compile(r"[0-9a-f]{32}\.webp")
_NO_PICTURE = "The picture must be a PNG, JPEG or WebP file."
_TOO_MANY_PIXELS = f"The picture may have at most {MAX_PIXELS // 10**6} megapixels."


class LocalImages:
    """The `Images` port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, data: bytes) -> str:
        if len(data) > MAX_BYTES:
            raise InvalidInput(f"The picture may have at most {MAX_BYTES // 1024**2} MB.", "image")
        return offload(self._save, data)

    def path(self, name: str) -> Path:
        """Where the picture lies. Raises NotFound, also for names that no picture can have."""
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            raise NotFound("There is no such picture.")
        return path

    def load(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    def _save(self, data: bytes) -> str:
        encoded = reencoded(data)
        name = hashlib.sha256(encoded).hexdigest()[:32] + ".webp"
        try:
            self._write(self._folder / name, encoded)
        except OSError as error:
            raise StoreUnavailable("The picture could not be stored right now.") from error
        return name

    def _write(self, path: Path, encoded: bytes) -> None:
        if path.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encoded)
            os.chmod(scratch, 0o644)
            os.replace(scratch, path)  # readers see all of it or nothing
        except BaseException:  # also when the process is told to stop: no half picture stays behind
            os.unlink(scratch)
            raise


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
