"""Budgets of changes to carts, with a clock that stands still until it is moved."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.errors import TooManyCartChanges
from app.services.cart.budget import CART_BEGUN, CART_GUESTS, CART_OWNER, MOST_KEPT, CartBudget
from tests.support.concurrency import at_once
from tests.support.sign_in_fakes import Clock

HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


class Budget:
    def __init__(self) -> None:
        self.clock = Clock()
        self.budget = CartBudget(self.clock)

    def let_through(self, times: int, owner: Any = "guest#a", network: str = "") -> int:
        """`owner`: a name, or one for each change by its number."""
        return sum(self.is_let_through(owner(n) if callable(owner) else owner, network) for n in range(times))

    def is_let_through(self, owner: str, network: str = "") -> bool:
        try:
            self.budget.count(owner, network)
        except TooManyCartChanges:
            return False
        return True


@pytest.fixture
def budget() -> Budget:
    return Budget()


def test_an_owner_has_three_hundred_changes_and_then_five_a_second(budget: Budget):
    assert budget.let_through(400, "user#1") == CART_OWNER.burst
    budget.clock.now += 2
    assert budget.let_through(20, "user#1") == 10


def test_who_is_refused_hears_when_to_come_back(budget: Budget):
    budget.let_through(CART_OWNER.burst)
    with pytest.raises(TooManyCartChanges, match=r"changed many times just now\. Try again in 1 second\.") as refused:
        budget.budget.count("guest#a")
    assert refused.value.retry_after == 1


def test_fresh_guests_of_one_address_begin_three_hundred_carts(budget: Budget):
    assert budget.let_through(400, lambda n: f"guest#{n}", HERE) == CART_BEGUN.burst
    assert budget.is_let_through("guest#0", HERE), "a cart that was begun goes on"
    assert budget.is_let_through("guest#new", ELSEWHERE)


def test_guests_of_one_address_share_their_changes(budget: Budget):
    assert budget.let_through(1_200, lambda n: f"guest#{n % 100}", HERE) == CART_GUESTS.burst


def test_accounts_are_not_counted_by_address(budget: Budget):
    assert budget.let_through(2_000, lambda n: f"user#{n}") == 2_000


def test_what_is_refused_by_one_limit_counts_against_none(budget: Budget):
    budget.let_through(CART_BEGUN.burst, lambda n: f"guest#{n}", HERE)
    budget.let_through(50, "guest#late", HERE)
    budget.clock.now += CART_BEGUN.every_seconds
    assert budget.let_through(400, "guest#late", HERE) == CART_OWNER.burst


def test_sixteen_threads_share_one_budget(budget: Budget):
    assert sum(at_once(16, lambda _: budget.let_through(50))) == CART_OWNER.burst


def test_memory_has_a_bound(budget: Budget):
    for n in range(MOST_KEPT + 10):
        budget.is_let_through(f"user#{n}")
        budget.clock.now += 1
    assert Counter(rule for rule, _ in budget.budget._quiet_at).total() <= MOST_KEPT
