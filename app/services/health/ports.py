"""What the health page and the metrics read of the shop."""

from __future__ import annotations

from typing import Protocol

from app.domain import Vitals


class VitalsReader(Protocol):
    def read(self) -> Vitals: ...

    def schema_is_behind(self) -> bool:
        """Whether the database still waits for this version's migrations."""
