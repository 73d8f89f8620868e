"""What a shop keeps on a disk is for the user who runs it, and for nobody else on the machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
_BESIDE_DATABASE = ("", "-wal", "-shm", "-journal", "-line")
_OTHERS = 0o077


def make_folder(path: Path) -> None:
    """Raises OSError."""
    path.mkdir(mode=FOLDER, parents=True, exist_ok=True)


def opener(path: str, flags: int) -> int:
    """For `open`, so that a new file is private from its first byte on."""
    return os.open(path, flags, FILE)


def make_file(path: Path) -> None:
    """An empty file unless there is one; SQLite gives those beside its own the same rights. Raises OSError."""
    os.close(opener(str(path), os.O_CREAT | os.O_RDWR))


def tighten(data_dir: Path, database: Path | None) -> list[Path]:
    """Take from others what an earlier release, or a copy, left open to them; what was changed.

    Only what is the shop's and this user's own: not a folder that others work in too.
    """
    return [path for path, mode in _ours(data_dir, database) if _set(path, mode)]


def _ours(data_dir: Path, database: Path | None) -> Iterator[tuple[Path, int]]:
    if not _is_shared(data_dir):
        yield data_dir, FOLDER
    for name in ("secret_key", "worker.lock"):
        yield data_dir / name, FILE
    if database is not None:
        for ending in _BESIDE_DATABASE:
            yield database.with_name(database.name + ending), FILE
    for name in ("images", "images-made"):
        if (pictures := data_dir / name).is_dir():
            yield pictures, FOLDER
            for path in pictures.iterdir():
                yield path, FILE


def _is_shared(folder: Path) -> bool:
    """Somebody's home, the folder one works in, or one such as /tmp."""
    resolved, home = folder.resolve(), Path(os.path.expanduser("~"))  # stays "~" for a user without one
    if any(place == resolved or resolved in place.parents for place in (Path.cwd().resolve(), home)):
        return True
    return bool(resolved.stat().st_mode & stat.S_ISVTX) if resolved.exists() else False


def _set(path: Path, mode: int) -> bool:
    try:
        known = path.stat()
        is_right = stat.S_ISDIR(known.st_mode) == (mode == FOLDER) and not path.is_symlink()
        if not is_right or known.st_uid != os.geteuid() or not known.st_mode & _OTHERS:
            return False
        path.chmod(known.st_mode & ~_OTHERS & 0o777)
    except FileNotFoundError:  # never there, or just gone
        return False
    return True
