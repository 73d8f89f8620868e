"""Which build this is: a page that was loaded from another one loads itself anew when nobody types on it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app import __version__

_ROOT = Path(__file__).parents[2]


def _build() -> str:
    """The version and a short hash of what browsers load and what makes pages."""
    digest = hashlib.sha256()
    for folder in ("assets", "components", "pages"):
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in (".js", ".css", ".py"):
                digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    return f"{__version__}-{digest.hexdigest()[:12]}"


BUILD = _build()
