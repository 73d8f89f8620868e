"""Uploaded product pictures in a folder, re-encoded so that only a picture can be in them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from app.blocking import offload
from app.errors import StoreUnavailable
from app.stores.local import private
from app.stores.shared.pictures import check_name, no_such_picture, prepared


class LocalImages:
    """The `Images` port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, data: bytes) -> str:
        picture = prepared(data)
        try:
            offload(self._write, self._folder / picture.name, picture.data)
        except OSError as error:
            raise StoreUnavailable("The picture could not be stored right now.") from error
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

    def _write(self, path: Path, encoded: bytes) -> None:
        if path.exists():
            return
        private.make_folder(self._folder)
        handle, scratch = tempfile.mkstemp(dir=self._folder, suffix=".part")  # readable to nobody else
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encoded)
            os.replace(scratch, path)  # readers see all of it or nothing
        except BaseException:  # also when the process is told to stop: no half picture stays behind
            os.unlink(scratch)
            raise
