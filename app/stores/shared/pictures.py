"""What every store of uploaded pictures does with them first: encode them anew, and name them by what is in them."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from cachetools import TTLCache
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.blocking import offload
from app.domain.picture_sizes import PICTURE_WIDTHS
from app.errors import Busy, InvalidInput, NotFound

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 1600  # pixels; larger pictures are scaled down
MOST_PROFILE_BYTES = 2 * 1024 * 1024  # those of printing presses have some 0.6 to 1.8 MB
_FORMATS = ("PNG", "JPEG", "WEBP")
QUALITY = 78  # of the smaller ones
_NAME = re.compile(r"[0-9a-f]{32}\.webp")
_NO_PICTURE = "The picture must be a PNG, JPEG or WebP file."
_TOO_MANY_PIXELS = f"The picture may have at most {MAX_PIXELS // 10**6} megapixels."


T = TypeVar("T")


class Place:
    """Where one picture at a time is made in a process: strangers may ask for many, and the shop goes on meanwhile."""

    def __init__(self, patience: float) -> None:
        """`patience`: seconds that one waits for it."""
        self._free, self._patience = BoundedSemaphore(), patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Raises Busy when others have it for longer than `patience`."""
        if not self._free.acquire(timeout=self._patience):
            raise Busy(retry_after=round(self._patience))
        try:
            yield
        finally:
            self._free.release()


# Whoever uploads does not stand behind visitors, and nobody behind drawings, which take a second each.
FOR_VISITORS, FOR_UPLOADS, FOR_DRAWINGS = Place(5.0), Place(60.0), Place(20.0)


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


def size_name(name: str, width: int) -> str:
    """Of the picture `name` in that width. Raises NotFound for what there is not."""
    check_name(name)
    if width not in PICTURE_WIDTHS:
        raise no_such_picture()
    return f"{name.removesuffix('.webp')}-{width}.webp"


def made_once(
    place: Place,
    look: Callable[[], bytes | None],
    source: Callable[[], T],
    make: Callable[[T], bytes],
    keep: Callable[[bytes], None],
) -> bytes:
    """What `look` finds, else what `make` gives of the `source`, kept for the next one.

    The source is fetched before the place is asked for: for what cannot be made, nobody waits. Raises Busy.
    """
    if (found := look()) is not None:
        return found
    given = source()
    with place.taken():
        if (found := look()) is not None:  # somebody made it meanwhile
            return found
        data = make(given)
        keep(data)
        return data


class Missed:
    """Names that were looked for in vain lately: a store over the network is not asked for them again and again."""

    def __init__(self, most: int = 10_000, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._names: TTLCache[str, None] = TTLCache(most, seconds, clock)
        self._lock = Lock()

    def __contains__(self, name: str) -> bool:
        with self._lock:
            return name in self._names

    def note(self, name: str) -> None:
        with self._lock:
            self._names[name] = None

    def forget(self, name: str) -> None:
        """It is there now."""
        with self._lock:
            self._names.pop(name, None)


def narrowed(data: bytes, width: int) -> bytes:
    """A kept picture at most `width` pixels wide, made off the event loop."""
    return offload(_narrowed, data, width)


def _narrowed(data: bytes, width: int) -> bytes:
    with Image.open(BytesIO(data), formats=("WEBP",)) as picture:
        if picture.width <= width:
            return data
        picture.thumbnail((width, picture.height), Image.Resampling.LANCZOS)
        out = BytesIO()
        picture.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def reencoded(data: bytes) -> bytes:
    """The picture as WebP, upright, without its metadata. Raises InvalidInput for what is no picture."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise InvalidInput(_TOO_MANY_PIXELS, "image")
            upright = ImageOps.exif_transpose(_in_eight_bits(picture))
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clean = _for_screens(upright)
            clean.info.clear()
            out = BytesIO()
            clean.save(out, "WEBP", quality=85, method=4)
    except Image.DecompressionBombError as error:  # so large that Pillow does not even open it
        raise InvalidInput(_TOO_MANY_PIXELS, "image") from error
    # Pillow's decoders raise all of these, and more as ValueError, on broken files.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise InvalidInput(_NO_PICTURE, "image") from error
    return out.getvalue()


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Pillow would cut deeper greys off at 255, so that all but the darkest became white."""
    if not picture.mode.startswith("I"):
        return picture
    grey = picture.convert("I").point(lambda value: value * (255 / 65_535)).convert("L")
    grey.info = {name: value for name, value in picture.info.items() if name != "transparency"}  # it has 16 bits too
    return grey


def _for_screens(picture: Image.Image) -> Image.Image:
    """RGB or RGBA in sRGB, which browsers take a picture without a profile for."""
    with_alpha = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 0 < len(profile) <= MOST_PROFILE_BYTES:
        return picture.convert(with_alpha)
    try:
        return _converted(picture, ImageCms.ImageCmsProfile(BytesIO(profile)), with_alpha)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):  # broken, or of another kind of picture
        return picture.convert(with_alpha)


def _converted(picture: Image.Image, profile: ImageCms.ImageCmsProfile, with_alpha: str) -> Image.Image:
    flat = picture
    if picture.mode != "CMYK":
        is_grey = picture.mode in ("1", "L", "LA") and profile.profile.xcolor_space.strip() == "GRAY"
        flat = picture.convert("L" if is_grey else "RGB")
    screen = ImageCms.profileToProfile(
        flat,
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert screen is not None  # it is None for changes in place only
    if with_alpha == "RGBA":
        screen.putalpha(picture.convert("RGBA").getchannel("A"))
    return screen
