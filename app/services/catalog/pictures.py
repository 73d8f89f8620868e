"""Pictures of products as they are sent: uploaded ones in several widths, drawn ones for programs that show no SVG."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.blocking import offload
from app.services.catalog.ports import Images


class PictureService:
    def __init__(self, images: Images) -> None:
        self._images = images

    def uploaded(self, name: str, width: int | None = None) -> bytes:
        """WebP, the whole one without `width`. Raises NotFound, also for a width that no page asks for."""
        return self._images.load(name) if width is None else self._images.in_width(name, width)

    def drawn(self, svg: str, make: Callable[[str], bytes]) -> bytes:
        """The JPEG that `make` gives of a drawing, made off the event loop once and kept by what is drawn."""
        name = f"{hashlib.sha256(svg.encode()).hexdigest()[:32]}.jpg"
        return self._images.kept(name, lambda: offload(make, svg))
