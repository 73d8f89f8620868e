"""What every frame round a page needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain import Principal


@dataclass(frozen=True)
class Frame:
    principal: Principal
    store_name: str
    active: str  # name of the page shown
