"""The overview's badge: what the books' state is called, and what is said to be done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import Difference, Reconciliation, Verdict
from app.money import Formats
from components.admin.books import books_badge

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
AGREES = Reconciliation(Verdict.AGREES, NOW, 1.0, "worker", {"products": 120, "orders": 6_056})
DIFFERENCE = Difference("stock", "product mug", "the catalogue has 16, the ledger 17", "Count it.")
DIFFERS = replace(AGREES, verdict=Verdict.DIFFERS, differences=(DIFFERENCE,) * 7, count=7)


def shown(latest: Reconciliation | None) -> str:
    return str(books_badge(latest, FORMATS, NOW).to_plotly_json())


@pytest.mark.parametrize(
    ("latest", "words", "todo", "icon"),
    [
        (None, "Books not checked yet", "python -m app reconcile", "dash-circle"),
        (AGREES, "Books agree", "120 products and 6,056 orders were compared", "check2-circle"),
        (DIFFERS, "Books: 7 differences", "python -m app reconcile --repair", "x-octagon"),
        (replace(DIFFERS, count=1), "Books: 1 difference'", "Count it.", "x-octagon"),
        (
            replace(AGREES, verdict=Verdict.FAILED, notes=("No database.",)),
            "Books could not be checked", "No database.", "exclamation-triangle",
        ),
        (
            replace(AGREES, at=NOW - timedelta(days=4)),
            "Books not checked lately", "Is a worker running?", "clock-history",
        ),
    ],
)  # fmt: skip
def test_each_state_has_words_a_shape_and_what_to_do(
    latest: Reconciliation | None, words: str, todo: str, icon: str
) -> None:
    badge = shown(latest)
    assert words in badge
    assert todo in badge
    assert icon in badge


def test_it_says_when() -> None:
    assert "1 Mar 2020" in shown(replace(AGREES, at=datetime(2020, 3, 1, 12, tzinfo=UTC)))


def test_only_the_first_differences_are_listed() -> None:
    assert shown(DIFFERS).count("Product mug") == 5
