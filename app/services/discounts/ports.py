"""Where discount codes are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from app.domain import AuditEntry
from app.domain.discounts import CodeSums, DiscountCode

REVISION = "discounts"  # the shop's setting that is another one after every change of codes


class Standing(NamedTuple):
    """What a code's orders say of it now; `has_used`, `has_bought`: of one customer."""

    used: int
    has_used: bool
    has_bought: bool


class CodesInForce(NamedTuple):
    """`revision`: of the setting, under which they were read."""

    revision: str
    codes: tuple[DiscountCode, ...]


class DiscountCodes(Protocol):
    """Each change is written with its entry of the audit log and a new revision of the settings, or not at all."""

    def in_force(self, now: datetime) -> CodesInForce:
        """Those that are not over."""

    def find(self, code: str) -> DiscountCode | None:
        """By its text as it is stored."""

    def get(self, code_id: int) -> DiscountCode | None: ...

    def all(self) -> Sequence[DiscountCode]:
        """The newest first."""

    def standing(self, code_id: int, user_id: int | None, email: str | None) -> Standing:
        """Of a customer who has neither, nothing is known."""

    def sums(self) -> Mapping[int, CodeSums]:
        """By code; of codes without a paid order there are none."""

    def add(self, code: DiscountCode, actor: str, audited: Callable[[int], AuditEntry]) -> int | None:
        """Its id; None, and nothing is written, where there is one of that text."""

    def change(self, code: DiscountCode, actor: str, audited: AuditEntry) -> bool:
        """Write it in place of the one with its id and version, which grows; False when there is none such.

        How often it was used stays.
        """
