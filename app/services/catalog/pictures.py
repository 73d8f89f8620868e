"""Pictures of products as they are sent: uploaded ones in several widths, drawn ones for programs that show no SVG."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.services.catalog.drawing import as_jpeg
from app.services.catalog.ports import Images
from app.services.catalog.recoding import to_png


class PictureService:
    def __init__(self, images: Images) -> None:
        self._images = images

    def uploaded(self, name: str, width: int | None = None) -> bytes:
        """WebP, the whole one without `width`. Raises NotFound, also for a width that no page asks for, and Busy."""
        return self._images.load(name) if width is None else self._images.in_width(name, width)

    def as_png(self, name: str) -> bytes:
        """An uploaded picture for programs that show no WebP, as in mails and PDFs. Raises NotFound and Busy."""
        return self._images.kept(f"{name.partition('.')[0]}.png", lambda: self._images.load(name), to_png)

    def drawn(self, svg: str, count: Callable[[], None]) -> bytes:
        """A drawing as a JPEG, kept by what is drawn; `count` is called before it is made, and may refuse.

        Raises Busy, StoreUnavailable and what `count` raises.
        """
        name = f"{hashlib.sha256(svg.encode()).hexdigest()[:32]}.jpg"

        def counted() -> str:
            count()
            return svg

        return self._images.kept(name, counted, as_jpeg)
