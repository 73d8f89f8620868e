"""Discount codes as admins keep them: audited, safe against two at once, and what each of them brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app import numbers
from app.domain import Actor, AuditAction, AuditEntry
from app.domain.discounts import WHOLE, CodeSums, DiscountCode, DiscountKind, normal_code
from app.errors import Clash, Conflict, EditClash, InvalidInput, NotFound, StaleEdit
from app.money import MAX_MINOR, Formats
from app.services.analytics import utc_now
from app.services.audit.log import differing, entry_of
from app.services.checks import line, noting, raise_noted, whole
from app.services.discounts.discounts import CODE_LENGTH
from app.services.discounts.ports import DiscountCodes
from app.services.edit_clashes import changed_fields

CATEGORY_LENGTH = 64
MOST_USES = 1_000_000_000
MOST_IN_FORCE = 2_000  # every process has them in memory
FIELDS = ("name", "kind", "value", "minimum", "category", "once", "first_order", "limit", "starts_on", "ends_on")
Fields = Mapping[str, Any]
NOTHING = CodeSums()


@dataclass(frozen=True)
class CodeReport:
    """A code and what it brought."""

    code: DiscountCode
    state: str  # "on", "later", "over" or "used up"
    sums: CodeSums


class DiscountCodeService:
    """`changed` is called after each change, so that this process knows of it at once."""

    def __init__(
        self,
        store: DiscountCodes,
        formats: Formats,
        changed: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._formats = formats
        self._changed = changed
        self._now = now

    def reports(self) -> list[CodeReport]:
        """The newest code first."""
        sums, now = self._store.sums(), self._now()
        return [CodeReport(one, _state(one, now), sums.get(one.code_id, NOTHING)) for one in self._store.all()]

    def state(self, code: DiscountCode) -> str:
        """As in a `CodeReport`."""
        return _state(code, self._now())

    def get(self, code_id: int) -> DiscountCode:
        """Raises NotFound."""
        found = self._store.get(code_id)
        if found is None:
            raise NotFound("There is no such discount code.")
        return found

    def fields(self, code: DiscountCode) -> dict[str, Any]:
        """The FIELDS as plain values: days of the store as ISO dates, `ends_on` the last one on which it holds."""
        last = None if code.ends is None else self._formats.store_day(code.ends - timedelta(microseconds=1))
        return {
            "name": code.code,
            "kind": code.kind.value,
            "value": code.value,
            "minimum": code.minimum,
            "category": code.category,
            "once": code.once,
            "first_order": code.first,
            "limit": code.limit,
            "starts_on": "" if code.starts is None else self._formats.store_day(code.starts).isoformat(),
            "ends_on": "" if last is None else last.isoformat(),
        }

    def add(self, fields: Fields, actor: Actor) -> DiscountCode:
        """Raises InvalidInput naming all fields that are wrong."""
        code = self._checked(fields)
        if len(self._store.in_force(self._now()).codes) >= MOST_IN_FORCE:
            raise Conflict(f"There may be at most {MOST_IN_FORCE} codes that are not over. End some of them first.")

        def audited(code_id: int) -> AuditEntry:
            return entry_of(actor, AuditAction.DISCOUNT_ADD, "discount", code_id, code.code, after=self._facts(code))

        code_id = self._store.add(code, actor.name, audited)
        if code_id is None:
            raise InvalidInput("There is a code of this name already.", "name")
        self._changed()
        return replace(code, code_id=code_id)

    def change(self, code_id: int, fields: Fields, seen: Fields, actor: Actor) -> DiscountCode:
        """Write what differs from `seen`, the FIELDS as the form was filled with them. Its name stays.

        Raises EditClash for fields that somebody else changed meanwhile, NotFound, InvalidInput.
        """
        present = self.get(code_id)
        before = self.fields(present)
        wanted = self.fields(self._checked({**fields, "name": present.code}))
        mine = changed_fields(seen, wanted, before)
        if not mine:
            return present
        merged = self._checked({**before, **mine})
        # A code that was ended within a day stays ended then.
        ends = merged.ends if "ends_on" in mine else present.ends
        code = replace(merged, code_id=code_id, ends=ends, used=present.used, version=present.version)
        self._write(present, code, actor, AuditAction.DISCOUNT_CHANGE, mine, seen)
        return replace(code, version=code.version + 1)

    def end(self, code_id: int, seen: Fields, actor: Actor) -> None:
        """From now on it holds no more. Raises StaleEdit for one that is another than was shown, NotFound, Conflict."""
        present = self.get(code_id)
        if self.fields(present) != {name: seen.get(name) for name in FIELDS}:
            raise StaleEdit("Somebody else changed this code meanwhile. Look at it again before you end it.")
        now = self._now()
        if present.is_over(now):
            raise Conflict("This code is over already.")
        starts = None if present.starts is None else min(present.starts, now)
        self._write(present, replace(present, starts=starts, ends=now), actor, AuditAction.DISCOUNT_END, {}, seen)

    def _write(
        self, present: DiscountCode, code: DiscountCode, actor: Actor, action: AuditAction, mine: Fields, seen: Fields
    ) -> None:
        before, after = differing(self._facts(present), self._facts(code))
        audited = entry_of(actor, action, "discount", code.code_id, code.code, before, after)
        if not self._store.change(code, actor.name, audited):
            theirs = self.fields(self.get(code.code_id))
            clashes = [
                Clash(name, theirs[name], mine[name]) for name in mine if theirs[name] not in (seen[name], mine[name])
            ]
            raise EditClash(clashes) if clashes else StaleEdit()
        self._changed()

    def _facts(self, code: DiscountCode) -> dict[str, Any]:
        """The same in words, for the audit log. One that was ended within a day says when."""
        fields = self.fields(code)
        ends = "" if code.ends is None else self._formats.moment(code.ends)
        kept = {name: fields[name] for name in ("minimum", "category", "once", "first_order", "limit", "starts_on")}
        return {"takes_off": self.off_words(code), **kept, "ends_on": ends}

    def off_words(self, code: DiscountCode) -> str:
        """What it takes off, for staff: "10%", "₹100.00", "Delivery"."""
        match code.kind:
            case DiscountKind.PERCENT:
                return self._formats.rate(Decimal(code.value) / WHOLE)
            case DiscountKind.AMOUNT:
                return self._formats.money(code.value)
            case DiscountKind.FREE_SHIPPING:
                return "Delivery"

    def _checked(self, fields: Fields) -> DiscountCode:
        wrong: dict[str, str] = {}
        known: dict[str, Any] = {}
        checks: dict[str, Callable[[], Any]] = {
            "code": lambda: _name(fields["name"]),
            "kind": lambda: _kind(fields["kind"]),
            "minimum": lambda: whole(fields["minimum"], "minimum", 0, MAX_MINOR),
            "category": lambda: line(fields["category"], "category", CATEGORY_LENGTH),
            "once": lambda: _flag(fields["once"], "once"),
            "first": lambda: _flag(fields["first_order"], "first_order"),
            "limit": lambda: None if fields["limit"] is None else whole(fields["limit"], "limit", 1, MOST_USES),
            "starts": lambda: self._start(_day(fields["starts_on"], "starts_on")),
            "ends": lambda: self._end(_day(fields["ends_on"], "ends_on")),
        }
        for name, check in checks.items():
            with noting(wrong):
                known[name] = check()
        with noting(wrong):
            known["value"] = _value(fields["value"], known.get("kind"))
        if known.get("starts") and known.get("ends") and known["ends"] <= known["starts"]:
            wrong.setdefault("ends_on", "The last day must not be before the first.")
        raise_noted(wrong)
        return DiscountCode(0, **known)

    def _start(self, day: date | None) -> datetime | None:
        return None if day is None else self._formats.day_start(day)

    def _end(self, last: date | None) -> datetime | None:
        return None if last is None else self._formats.day_start(last + timedelta(days=1))


def percent_text(value: int) -> str:
    """Hundredths of a per cent as they are typed: "12.5"."""
    text = f"{Decimal(value).scaleb(-2):f}"
    return text.rstrip("0").rstrip(".")


def percent_of(text: str) -> int:
    """The other way round. Raises InvalidInput."""
    try:
        hundredths = numbers.amount(text).scaleb(2)
    except ValueError:
        raise InvalidInput("Enter a percentage such as 10 or 12.5.", "value") from None
    if hundredths != hundredths.to_integral_value() or not 0 < hundredths <= WHOLE:
        raise InvalidInput("A percentage is more than 0, at most 100, and has at most two decimals.", "value")
    return int(hundredths)


def _state(code: DiscountCode, now: datetime) -> str:
    if code.is_over(now):
        return "over"
    if code.starts is not None and now < code.starts:
        return "later"
    return "used up" if code.limit is not None and code.used >= code.limit else "on"


def _name(value: Any) -> str:
    code = normal_code(line(value, "name", CODE_LENGTH * 2, "Name the code, such as SUMMER10.", "The code"))
    if len(code) > CODE_LENGTH:
        raise InvalidInput(f"The code may have at most {CODE_LENGTH} characters.", "name")
    if not all(char.isalnum() or char in "-_" for char in code):
        raise InvalidInput("A code is made of letters, digits, - and _.", "name")
    return code


def _kind(value: Any) -> DiscountKind:
    if not isinstance(value, str) or value not in set(DiscountKind):
        raise InvalidInput("Choose what the code takes off.", "kind")
    return DiscountKind(value)


def _value(value: Any, kind: DiscountKind | None) -> int:
    if kind in (None, DiscountKind.FREE_SHIPPING):
        return 0
    if kind is DiscountKind.AMOUNT:
        return whole(value, "value", 1, MAX_MINOR)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= WHOLE:
        raise InvalidInput("A percentage is more than 0 and at most 100.", "value")
    return value


def _flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("This is switched on or off.", field)
    return value


def _day(value: Any, field: str) -> date | None:
    if value in (None, ""):
        return None
    try:
        day = numbers.day(value)
    except (ValueError, TypeError):
        raise InvalidInput("Choose a day.", field) from None
    if not 2000 <= day.year <= 2199:
        raise InvalidInput("Choose a day of this century.", field)
    return day
