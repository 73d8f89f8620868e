"""Audit entries in words, and what may never get into one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from app.domain import Actor, AuditAction, AuditEntry, AuditOutcome
from app.errors import Conflict, InvalidInput, ShopError, StoreUnavailable
from app.money import Formats
from app.services.audit.log import AuditService, differing, entry_of
from app.services.audit.ports import AuditPage, AuditQuery
from components.admin import audit as parts

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ASHA = Actor("asha@shop.example", 7, "203.0.113.9")


class Log:
    """What was written, in order."""

    def __init__(self) -> None:
        self.entries: list[tuple[AuditEntry, str | None]] = []
        self.asked: list[AuditQuery] = []

    def append(self, entry: AuditEntry, key: str | None = None) -> bool:
        if key is not None and self.has(key):
            return False
        self.entries.append((entry, key))
        return True

    def has(self, key: str) -> bool:
        return key in [known for _, known in self.entries]

    def search(self, wanted: AuditQuery) -> AuditPage:
        self.asked.append(wanted)
        return AuditPage((), more=False)

    def latest_of(self, kind: str, target_ids: Any) -> dict[str, AuditEntry]:
        raise AssertionError("not asked for")

    def outcomes(self) -> list[str]:
        return [entry.outcome.value for entry, _ in self.entries]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.mark.parametrize("name", ["password", "password_hash", "secret", "totp_secret", "token", "code", "codes"])
@pytest.mark.parametrize("side", ["before", "after"])
def test_no_key_gets_into_an_entry(name: str, side: str):
    with pytest.raises(ValueError, match=name):
        entry_of(ASHA, "x", "user", 1, "Asha", **{side: {name: "hunter2"}})


def test_what_differs():
    assert differing({"a": 1, "b": None, "c": 3}, {"a": 1, "b": 2, "c": None}) == (
        {"b": None, "c": 3},
        {"b": 2, "c": None},
    )
    assert differing({"a": 1}, {"a": 1}) == ({}, {})


class TestAround:
    def test_it_is_written_before_anything_happens(self, log: Log):
        with AuditService(log).around(ASHA, "stock.receive", "product", "p", "Lamp"):
            assert log.outcomes() == ["done"], "a process killed here leaves an entry"
        assert log.outcomes() == ["done"]

    @pytest.mark.parametrize(
        ("error", "outcomes"),
        [
            (Conflict("no"), ["done", "refused"]),
            (InvalidInput("no"), ["done", "refused"]),
            (StoreUnavailable("later"), ["done"]),
            (KeyError("a defect"), ["done"]),
        ],
    )
    def test_only_what_the_shop_refuses_is_called_refused(self, log: Log, error: Exception, outcomes: list[str]):
        with pytest.raises(type(error)), AuditService(log).around(ASHA, "x", "product", "p", "Lamp"):
            raise error
        assert log.outcomes() == outcomes

    def test_a_refusal_keeps_the_note_and_says_why(self, log: Log):
        with pytest.raises(ShopError), AuditService(log).around(ASHA, "x", "product", "p", "Lamp", note="typo"):
            raise Conflict("Only 3 are left.")
        assert log.entries[-1][0].note == "Only 3 are left. (typo)"


@pytest.mark.parametrize("filters", [{"actor": "\ud800"}, {"target": ("user", "\x00")}, {"action": "\ud800"}])
def test_what_no_database_can_look_for_is_refused(log: Log, filters: dict[str, Any]):
    with pytest.raises(InvalidInput):
        AuditService(log).search(**filters)


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (50, 50), (10**9, 200)])
def test_the_length_of_a_page_is_bounded(log: Log, asked: int, given: int):
    AuditService(log).search(limit=asked)
    assert log.asked[0].limit == given


# --- in words --------------------------------------------------------------------------------------


def text(node: Any) -> str:
    if isinstance(node, Component):
        return text(getattr(node, "children", None))
    if isinstance(node, list | tuple):
        return "".join(text(one) for one in node)
    return "" if node is None else str(node)


def entry(action: str, before: Any = None, after: Any = None, **values: Any) -> AuditEntry:
    fields = {"target_kind": "product", "target_id": "lamp", "target_name": "Brass lamp", **values}
    return AuditEntry(1, AT, fields.pop("actor", ASHA), action, before=before, after=after, **fields)


def said(one: AuditEntry) -> str:
    shown = parts.entry_list([one], FORMATS, False, {"asha@shop.example": "Asha Menon"})
    return text(shown.children[1].children[1])


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            entry("product.edit", {"price": 120_000}, {"price": 135_000}),
            "Asha Menon changed the price of Brass lamp: ₹1,200.00 → ₹1,350.00",
        ),
        (
            entry("product.edit", {"price": 100, "cost": None}, {"price": 200, "cost": 50}),
            "Asha Menon edited Brass lampPrice₹1.00 → ₹2.00Costnone → ₹0.50",
        ),
        (entry("stock.receive", None, {"units": 1}), "Asha Menon received 1 unit of Brass lamp"),
        (
            entry("stock.write_off", None, {"units": 1_200}, note="lost"),
            "Asha Menon wrote off 1,200 units of Brass lamplost",
        ),
        (
            entry("stock.correct", {"stock": 10}, {"stock": 20}),
            "Asha Menon corrected the count of Brass lamp: 10 → 20",
        ),
        (
            entry("staff.role", {"role": "ops"}, {"role": "admin"}, target_name="Ravi <ravi@shop.example>"),
            "Asha Menon changed the role of Ravi: Operations → Admin",
        ),
        (
            entry(
                "order.return", None,
                {"lines": [{"name": "Mug", "quantity": 2, "restock": True}], "refund": 41_895}, target_name="#10303",
            ),
            "Asha Menon took back goods of order #103032 × Mug, back to stockRefund₹418.95",
        ),
        (
            entry("staff.deactivate", outcome=AuditOutcome.REFUSED, target_name="Ravi", note="The last admin."),
            "RefusedAsha Menon tried to deactivate RaviThe last admin.",
        ),
        (entry("account.password", actor=Actor("who@left.example")), "who@left.example changed their own password"),
        (
            entry("staff.password", actor=Actor("command line", via="command line")),
            "The command line set the password of Brass lamp",
        ),
        (
            entry("sign_in.done", None, {"agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}),
            "Asha Menon signed inBrowserFirefox on Linux",
        ),
        (
            entry("sign_in.failed", None, {"browser": "Chrome"}, actor=Actor("guest"), target_name="customer 7"),
            "Somebody entered a wrong password for customer 7BrowserChrome",
        ),
        (entry("future.action"), "Asha Menon future.action Brass lamp"),
        (
            entry("goal.set", {"monday": None}, {"monday": 6_000_000}, target_kind="goal", target_name="Week"),
            "Asha Menon set the goal of Mondays: none → ₹60,000.00",
        ),
        (
            entry(
                "goal.set", {"saturday": 100, "sunday": 100}, {"saturday": 6_000_000, "sunday": None},
                target_kind="goal", target_name="Week",
            ),
            "Asha Menon set the goal of the weekSaturday₹1.00 → ₹60,000.00Sunday₹1.00 → none",
        ),
        (
            entry(
                "goal.set", {"goal": 5_000}, {"goal": 6_000_000},
                target_kind="goal", target_id="2026-11-29", target_name="2026-11-29",
            ),
            "Asha Menon set the goal of 29 Nov 2026: ₹50.00 → ₹60,000.00",
        ),
        (
            entry("event.add", None, {"day": "2026-11-29", "kind": "promotion"}, target_name="Diwali"),
            "Asha Menon noted the event DiwaliDay29 Nov 2026Kindpromotion",
        ),
    ],
    ids=lambda value: value.action if isinstance(value, AuditEntry) else "",
)  # fmt: skip
def test_an_entry_as_a_sentence(one: AuditEntry, words: str):
    assert said(one) == words


@pytest.mark.parametrize("action", list(AuditAction))
def test_every_action_has_words_for_what_was_done_and_what_was_tried(action: AuditAction):
    assert action in parts.ACTIONS
    assert "{" not in said(entry(action))
    verb = parts.ACTIONS[action][2].split()[0]
    own = action.startswith(("account.", "token.", "sign_in.")) or action in (
        AuditAction.STAFF_JOIN,
        AuditAction.STAFF_CREATE,
    )
    assert own or verb in parts._TRIED, "it can be refused"


def test_hostile_names_and_values_stay_text():
    wild = entry("product.edit", {"name": "<b>"}, {"name": "x" * 900}, target_id="a/../b?x#y", target_name="<script>")
    shown = parts.entry_list([wild], FORMATS, False)
    assert "<script>" in text(shown)
    assert "x" * 161 not in text(shown)
    assert "/admin/inventory?product=a%2F..%2Fb%3Fx%23y&do=ledger" in str(shown)


def test_an_empty_log_says_what_will_be_here():
    assert "Nothing has been changed yet" in text(parts.entry_list([], FORMATS, False))
    assert "Nothing matches" in text(parts.entry_list([], FORMATS, True))


def test_where_it_came_from():
    assert parts._from(entry("x")) == "203.0.113.9"
    assert parts._from(entry("x", actor=Actor("a", 1, "::1", "token robot"))) == "::1 · token robot"
    assert parts._from(entry("x", actor=Actor("command line", via="command line"))) == ""
