"""What a backlog of orders costs the worker, and that it is worked off in a few rounds, on every store."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update

from app.domain import User, Verdict
from app.errors import StoreUnavailable
from app.services.checkout.checkout import CheckoutRequest
from app.stores.dynamo.client import Dynamo
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.tables import low_stock_episodes, mailbox, outbox, rollup_days
from app.wiring import composition
from tests.contract.conftest import Backend
from tests.support.checkout_shop import ADDRESS
from tests.support.shop import APPROVED, add_people, add_product, settings_for

ORDERS, FEW, LINES = 24, 6, 3
MOST_STATEMENTS = 8  # per order, of so few; 20 is what it may cost, and of hundreds it is below one


class Shop:
    """`sold_out` is a product that the first order takes below its threshold."""

    def __init__(self, backend: Backend, folder: Path) -> None:
        self.database = backend.database
        elsewhere = {"catalog_backend": "dynamodb", "dynamodb_table_prefix": "contract-"}
        settings = settings_for(folder, **(elsewhere if backend.elsewhere else {}))
        self.built = composition.build(settings, self.database)
        self.products = [add_product(self.built, f"Mug {n}", 9_900, 500).product_id for n in range(12)]
        self.sold_out = add_product(self.built, "The last ones", 9_900, 2).product_id
        self.people = add_people(self.database, 5, verified=True)
        self.work()
        self._guests = itertools.count()

    def order(self, number: int, user: User | None = None) -> None:
        owner = f"user#{user.user_id}" if user else f"guest#{number}"
        email = user.email if user and user.email else f"guest{number}@elsewhere.example"
        bought = self.products[number % 9 : number % 9 + LINES]
        for product_id in [self.sold_out, *bought[1:]] if number == 0 else bought:
            self.built.cart.add(owner, product_id)
        self.built.checkout.place(
            CheckoutRequest(owner, user.user_id if user else None, email, ADDRESS, APPROVED, None)
        )

    def backlog(self, count: int) -> None:
        """Orders of customers and guests, of which nobody has done what is left to the worker."""
        for number in range(count):
            self.order(number, self.people[number % 5] if number % 2 else None)
        # Of those that the request did, the marks too: what else is waiting is the worker's.
        done = outbox.c.kind.in_(["settle", "take_cart"])
        self.database.write(lambda c: c.execute(update(outbox).where(done).values(state="done")))

    def work(self) -> int:
        """Rounds until nothing is left; how many did something."""
        return sum(1 for _ in iter(self.built.worker.tick, 0))

    def one(self, query) -> int:
        return int(self.database.read(lambda c: c.execute(query).scalar()) or 0)

    def assert_all_is_done_once(self, count: int) -> None:
        receipts = mailbox.c.kind == "receipt"
        assert self.one(select(func.count()).select_from(mailbox).where(receipts)) == count
        assert self.one(select(func.count(mailbox.c.order_id.distinct())).where(receipts)) == count
        assert self.one(select(func.sum(rollup_days.c.orders))) == count
        assert self.one(select(func.count()).select_from(low_stock_episodes)) == 1
        assert self.one(select(func.count()).select_from(mailbox).where(mailbox.c.kind == "low_stock")) == 1
        assert self.one(select(func.count()).select_from(outbox).where(outbox.c.state != "done")) == 0
        assert self.built.reconcile.run("tests").verdict is Verdict.AGREES


@pytest.fixture
def shop(backend: Backend, tmp_path: Path, request: pytest.FixtureRequest) -> Shop:
    if backend.elsewhere:
        request.getfixturevalue("dynamo_environment")
    return Shop(backend, tmp_path)


@contextmanager
def counted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], list[str]]]:
    """Statements and requests while it lasts."""
    statements: list[str] = []
    requests: list[str] = []
    call = Dynamo.call

    def note(_connection, _cursor, statement, values, _context, many) -> None:
        # Drivers send lists of anything but inserts one by one.
        times = len(values) if many and not statement.lstrip().lower().startswith("insert") else 1
        statements.extend([statement] * times)

    def noting(self: Dynamo, operation: str, **request):
        requests.append(operation)
        return call(self, operation, **request)

    event.listen(shop.database.engine, "before_cursor_execute", note)
    monkeypatch.setattr(Dynamo, "call", noting)
    try:
        yield statements, requests
    finally:
        event.remove(shop.database.engine, "before_cursor_execute", note)


def test_a_backlog_is_worked_off_in_two_rounds_and_few_statements(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, record_property
):
    shop.backlog(ORDERS)
    with counted(shop, monkeypatch) as (statements, requests):
        rounds = shop.work()
    per_order = len(statements) / ORDERS
    assert rounds <= 2, "the second is for the alert that the first one found"
    assert per_order <= MOST_STATEMENTS, statements
    # One for all movements; of the product that ran low one more, and one for its alert.
    assert requests.count("batch_get_item") <= 3
    shop.assert_all_is_done_once(ORDERS)
    where = f"{shop.database.engine.dialect.name}{' with DynamoDB' if requests else ''}"
    record_property("proved", f"a backlog on {where}: {per_order:.1f} statements of the worker per order")


def test_a_round_in_which_nothing_is_due_asks_one_question(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    shop.order(1)
    shop.work()
    costs = []
    for _ in range(3):  # chores of every second may fall into one of them
        with counted(shop, monkeypatch) as (statements, _):
            shop.built.worker.tick()
        costs.append(len(statements))
    assert min(costs) == 1


def test_dying_between_the_effects_of_a_batch_and_their_marks_does_none_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    shop.backlog(FEW)
    with monkeypatch.context() as patch:
        patch.setattr(SqlOutbox, "done", lambda self, entries: _raise(StoreUnavailable("gone")))
        shop.built.worker.tick()
    assert shop.one(select(func.count()).select_from(outbox).where(outbox.c.leased_until.is_not(None))) > FEW
    shop.database.write(lambda c: c.execute(update(outbox).values(leased_until=None)))
    shop.work()
    shop.assert_all_is_done_once(FEW)


def _raise(error: Exception) -> None:
    raise error
