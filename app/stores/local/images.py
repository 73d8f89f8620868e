"""Uploaded product pictures in a folder, re-encoded so that only a picture can be in them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.blocking import offload
from app.domain.picture_sizes import PICTURE_WIDTHS
from app.errors import StoreUnavailable
from app.stores.local import private
from app.stores.shared.pictures import (
    FOR_DRAWINGS,
    FOR_UPLOADS,
    FOR_VISITORS,
    Place,
    check_name,
    made_once,
    narrowed,
    no_such_picture,
    prepared,
    size_name,
)

T = TypeVar("T")


class LocalImages:
    """The `Images` port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = folder.with_name(f"{folder.name}-made")  # beside it: what is in there can be made again

    def save(self, data: bytes) -> str:
        picture = prepared(data)
        self._keep(self._folder / picture.name, picture.data)
        for width in PICTURE_WIDTHS:  # here an admin waits for it, later a visitor would
            self._sized(FOR_UPLOADS, picture.name, width, lambda: picture.data)
        return picture.name

    def path(self, name: str) -> Path:
        """Where the picture lies. Raises NotFound, also for names that no picture can have."""
        check_name(name)
        path = self._folder / name
        if not path.is_file():
            raise no_such_picture()
        return path

    def load(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    def in_width(self, name: str, width: int) -> bytes:
        return self._sized(FOR_VISITORS, name, width, lambda: self.load(name))

    def _sized(self, place: Place, name: str, width: int, whole: Callable[[], bytes]) -> bytes:
        return self._kept(place, size_name(name, width), whole, lambda data: narrowed(data, width))

    def kept(self, name: str, source: Callable[[], T], make: Callable[[T], bytes]) -> bytes:
        return self._kept(FOR_DRAWINGS, name, source, make)

    def _kept(self, place: Place, name: str, source: Callable[[], T], make: Callable[[T], bytes]) -> bytes:
        path = self._made / name
        return made_once(place, lambda: _found(path), source, make, lambda data: self._keep(path, data))

    def _keep(self, path: Path, data: bytes) -> None:
        try:
            offload(self._write, path, data)
        except OSError as error:
            raise StoreUnavailable("The picture could not be stored right now.") from error

    def _write(self, path: Path, encoded: bytes) -> None:
        if path.exists():
            return
        private.make_folder(path.parent)
        handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")  # readable to nobody else
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encoded)
            os.replace(scratch, path)  # readers see all of it or nothing
        except BaseException:  # also when the process is told to stop: no half picture stays behind
            os.unlink(scratch)
            raise


def _found(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
