"""The calendar that people keep: what they put in, change and take out, and whose holidays count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app import numbers
from app.domain import LONGEST_ENTRY, Actor, AuditAction, AuditEntry, CalendarEntry, EntryKind
from app.errors import Clash, EditClash, InvalidInput, NotFound, StaleEdit
from app.money import Formats
from app.services.analytics import utc_now
from app.services.audit.log import differing, entry_of
from app.services.calendar.ports import CalendarStore, HolidayBook
from app.services.checks import line, whole
from app.services.edit_clashes import changed_fields

LONGEST_WORDS = 120
LONGEST_CATEGORY = 64
FARTHEST = timedelta(days=2 * 366)
MOST_PERCENT = 1000
MOST_COUNTRIES = 20

FIELDS = ("kind", "first", "last", "words", "percent", "category")
Fields = Mapping[str, object]


@dataclass(frozen=True)
class EntryDraft:
    """An entry as somebody wants it. `percent` of a usual day's sales, None: nothing said; `category` "": all."""

    kind: str
    first: date
    last: date
    words: str
    percent: int | None = None
    category: str = ""

    def values(self) -> dict[str, object]:
        """The FIELDS as plain values: days as ISO dates."""
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {name: days.get(name, getattr(self, name)) for name in FIELDS}


class CalendarService:
    """Entries of the calendar, and countries whose holidays count beside those of `home`, the shop's own."""

    def __init__(
        self,
        store: CalendarStore,
        book: HolidayBook,
        formats: Formats,
        home: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._book = book
        self._formats = formats
        self._home = home
        self._now = now

    def get(self, entry_id: int) -> CalendarEntry:
        """Raises NotFound."""
        entry = self._store.get(entry_id)
        if entry is None:
            raise NotFound("This entry was removed from the calendar already.")
        return entry

    def add(self, draft: EntryDraft, actor: Actor) -> CalendarEntry:
        """Raises InvalidInput for what no entry can be."""
        entry = replace(self._checked(draft), actor=actor.name, noted_on=self._formats.today(self._now()))

        def audited(entry_id: int) -> AuditEntry:
            return entry_of(actor, AuditAction.EVENT_ADD, "event", entry_id, entry.words, after=facts(entry))

        return replace(entry, entry_id=self._store.add(entry, audited))

    def change(self, entry_id: int, draft: EntryDraft, actor: Actor, seen: Fields) -> CalendarEntry:
        """Write what differs from `seen`, the FIELDS as the form was filled with them.

        Raises EditClash for fields that somebody else changed meanwhile, NotFound, InvalidInput.
        """
        present = self.get(entry_id)
        wanted = facts(self._checked(draft, present))
        mine = changed_fields(dict(seen), wanted, facts(present))
        if not mine:
            return present
        merged = self._checked(draft_of({**facts(present), **mine}), present)
        entry = replace(present, **{name: getattr(merged, name) for name in FIELDS})
        before, after = differing(facts(present), facts(entry))
        audited = entry_of(actor, AuditAction.EVENT_CHANGE, "event", entry_id, entry.words, before, after)
        if not self._store.change(entry, audited):
            raise _clash(self.get(entry_id), mine, seen)
        return replace(entry, revision=entry.revision + 1)

    def remove(self, entry_id: int, actor: Actor, seen: Fields) -> None:
        """`seen`: the FIELDS as they were shown to whoever wants it gone.

        Raises StaleEdit for one that is another meanwhile, NotFound for one that is gone.
        """
        entry = self.get(entry_id)
        if facts(entry) != {name: seen.get(name) for name in FIELDS}:
            raise StaleEdit("Somebody else changed this entry meanwhile. Look at it again before you remove it.")
        audited = entry_of(actor, AuditAction.EVENT_REMOVE, "event", entry_id, entry.words, before=facts(entry))
        if not self._store.remove(entry, audited):
            self.get(entry_id)
            raise StaleEdit()

    # --- whose holidays count -------------------------------------------------------------------------

    def knows_home(self) -> bool:
        """Whether the holidays of the shop's own country are known."""
        return self._book.knows(self._home)

    def added_countries(self) -> list[str]:
        return self._store.countries()

    def choices(self) -> tuple[str, ...]:
        """Countries that could be added, ISO codes."""
        taken = {self._home, *self._store.countries()}
        return tuple(code for code in self._book.known_countries() if code not in taken)

    def add_country(self, country: str, actor: Actor) -> None:
        """Raises InvalidInput for one whose holidays are not known, or that counts already."""
        if not country:
            raise InvalidInput("Choose a country.", "country")
        if not self._book.knows(country):
            raise InvalidInput(f"The public holidays of {country[:20]} are not known.", "country")
        if country == self._home or len(self._store.countries()) >= MOST_COUNTRIES:
            words = "counts already" if country == self._home else f"would be one more than {MOST_COUNTRIES}"
            raise InvalidInput(f"{country} {words}.", "country")
        entry = entry_of(actor, AuditAction.HOLIDAYS_ADD, "country", country, country)
        if not self._store.set_country(country, True, actor.name, entry):
            raise InvalidInput(f"The holidays of {country} count already.", "country")

    def remove_country(self, country: str, actor: Actor) -> None:
        """Raises NotFound."""
        entry = entry_of(actor, AuditAction.HOLIDAYS_REMOVE, "country", country, country)
        if not self._store.set_country(country, False, actor.name, entry):
            raise NotFound("The holidays of this country do not count any more.")

    def _checked(self, draft: EntryDraft, present: CalendarEntry | None = None) -> CalendarEntry:
        words = line(draft.words, "words", LONGEST_WORDS, required="Say in a few words what happens.")
        category = line(draft.category, "category", LONGEST_CATEGORY)
        if draft.kind not in set(EntryKind):
            raise InvalidInput("Choose one of the kinds shown.", "kind")
        if draft.last < draft.first:
            raise InvalidInput("The last day comes before the first.", "last")
        if (draft.last - draft.first).days >= LONGEST_ENTRY:
            raise InvalidInput("An entry lasts two years at most. Enter a longer one year by year.", "last")
        if draft.first.year < numbers.FIRST_YEAR or draft.last > self._formats.today(self._now()) + FARTHEST:
            raise InvalidInput("Choose days within the next two years, or earlier ones.", "last")
        percent = None if draft.percent is None else whole(draft.percent, "percent", 0, MOST_PERCENT)
        if draft.kind == EntryKind.CLOSED and (percent is not None or category):
            raise InvalidInput("On closed days nothing is sold: leave the expected sales and category empty.", "kind")
        return CalendarEntry(
            present.entry_id if present else 0, EntryKind(draft.kind), draft.first, draft.last, words,
            present.actor if present else "", percent, category,
        )  # fmt: skip


def facts(entry: CalendarEntry) -> dict[str, object]:
    """The FIELDS of an entry as plain values."""
    draft = EntryDraft(entry.kind.value, entry.first, entry.last, entry.words, entry.percent, entry.category)
    return draft.values()


def draft_of(values: Fields) -> EntryDraft:
    """Of `facts`."""
    percent = values["percent"]
    return EntryDraft(
        str(values["kind"]),
        numbers.day(values["first"]),
        numbers.day(values["last"]),
        str(values["words"]),
        percent if isinstance(percent, int) else None,
        str(values["category"]),
    )


def _clash(present: CalendarEntry, mine: Fields, seen: Fields) -> Exception:
    """Somebody was quicker between reading and writing: their fields, or only that it has to be tried again."""
    theirs = facts(present)
    clashes = [Clash(name, theirs[name], mine[name]) for name in mine if theirs[name] not in (seen[name], mine[name])]
    return EditClash(clashes) if clashes else StaleEdit()
