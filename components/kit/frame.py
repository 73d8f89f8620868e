"""What every frame round a page needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain import Principal
from app.words import Language


@dataclass(frozen=True)
class Frame:
    principal: Principal
    store_name: str
    active: str  # name of the page shown
    unread: int = 0  # alerts that nobody has read and deliveries that failed
    cart_units: int = 0
    cart_total: str = ""  # in the store's locale
    query: str = ""  # what the header's search box holds
    banner: Any = None  # what is away right now
    logo: str = ""  # the file name of its picture
    pages: tuple[str, ...] = ()  # names of the shop's own texts
    languages: tuple[tuple[Language, str], ...] = ()  # each with the address of this page in it
