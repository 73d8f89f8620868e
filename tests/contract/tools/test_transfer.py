"""An embedded shop moves to MariaDB, with its catalogue there or on DynamoDB, and is the same shop afterwards."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyotp
import pytest
from PIL import Image
from sqlalchemy import delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from app.__main__ import main
from app.cli.serving import check
from app.domain import Actor, Address, ProductPicture, Verdict
from app.errors import StartupError
from app.services import Services
from app.services.checkout.checkout import CheckoutRequest
from app.services.stock.product_drafts import ProductDraft
from app.settings.environment import Settings, load_settings
from app.stores.local.single_worker import acquire
from app.stores.sql import tables as t
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.stores.sql.transfer import moving
from app.tools.demo import fill_demo
from app.tools.transfer import run as transfer_run
from app.tools.transfer.catalog import text_of
from app.wiring import composition, stores
from tests.support.dynoxide import aws_environment
from tests.support.shop import APPROVED, PASSWORD, SECRET_KEY, add_people

WHO = Actor("tester")
# What is the same wherever the products go.
one_target = pytest.mark.parametrize("new", ["sql"], indirect=True)
GUEST = "guest#browsing"
ADDRESS = Address("Asha Rao", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")


@dataclass
class Old:
    """The embedded shop: a demo year, and what people did since."""

    settings: Settings
    built: Services
    database: Database
    secret: str  # of the second factor
    guest: str
    picture: str

    def one(self, query: Any) -> Any:
        return self.database.read(lambda c: c.execute(query).scalar())


def picture(colour: str = "") -> bytes:
    out = BytesIO()
    drawn = Image.new("RGB", (40, 50), colour) if colour else Image.linear_gradient("L").convert("RGB")
    drawn.save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True)
class Template:
    folder: Path
    secret: str
    picture: str


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Built once: a demo year, an account with a second factor, a picture, an edit, an order, a return, a cart."""
    folder = tmp_path_factory.mktemp("old")
    settings = Settings(_env_file=None, data_dir=folder, secret_key=SECRET_KEY)
    database = stores.open_database(settings)
    migrate(database)
    fill_demo(database, settings, orders=150, products=12, seed=3)
    built = composition.build(settings, database)
    user = add_people(database, 1)[0]
    secret = built.second_factor.begin(user.user_id).secret
    built.second_factor.enable(user.user_id, pyotp.TOTP(secret).now())
    product = built.inventory.add_product(
        ProductDraft(
            "Böhmische Vase 花瓶", 19_900, "Home", stock=30, image=picture(), image_alt="Eine Vase", tags=["glas"],
            family_id="Vasen", options=[("Höhe", "30 cm")],
        ),
        WHO,
    )  # fmt: skip
    second = built.inventory.add_picture(picture("white"))
    shown = (*product.pictures, ProductPicture(second, "花瓶"))
    product = SqlCatalog(database).update(replace(product, pictures=shown))
    built.inventory.correct(product.product_id, 25, WHO, "counted")
    order = buy(built, "guest#buyer", product.product_id)
    built.orders.record_return(order, [(1, 1, True)], "chipped", WHO, secrets.token_hex(8))
    built.cart.add(GUEST, product.product_id)
    logo = built.inventory.add_picture(picture("navy"))
    assert built.shop_settings.save("Looks", {"logo": logo}, {"logo": ""}, WHO)
    database.dispose()
    assert product.image
    return Template(folder, secret, product.image)


@pytest.fixture(scope="module")
def opened() -> dict[tuple[str, bool], Database]:
    """Databases by URL and patience. A new one for each look and each move would compile all statements anew."""
    return {}


@pytest.fixture(autouse=True)
def opened_once(opened: dict[tuple[str, bool], Database], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = stores.open_database

    def known(settings: Settings, *, patient: bool = False) -> Database:
        key = (settings.resolved_database_url, patient)
        if key in opened:
            opened[key].dispose()  # as a new one, it has no connections yet
        else:
            opened[key] = real(settings, patient=patient)
        return opened[key]

    monkeypatch.setattr(stores, "open_database", known)
    yield
    for database in opened.values():
        database.dispose()


@pytest.fixture
def old(template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Old]:
    monkeypatch.chdir(tmp_path)
    folder = template.folder.parent / "here"
    shutil.copytree(template.folder, folder)
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    settings = Settings(_env_file=None)
    database = stores.open_database(settings)
    yield Old(settings, composition.build(settings, database), database, template.secret, GUEST, template.picture)
    database.dispose()
    shutil.rmtree(folder)


def in_stock(built: Services) -> str:
    return next(one.product_id for one in built.catalog.all() if one.stock > 0)


def buy(built: Services, owner: str, product_id: str) -> int:
    built.cart.add(owner, product_id)
    return built.checkout.place(CheckoutRequest(owner, None, "a@shop.example", ADDRESS, APPROVED, None)).order_id


@dataclass
class New:
    file: Path
    settings: Settings

    def build(self) -> tuple[Services, Database]:
        database = stores.open_database(self.settings)
        return composition.build(self.settings, database), database


@pytest.fixture(scope="module")
def moved(mariadb: Database) -> Iterator[Database]:
    """The target's schema: the first move makes its tables."""
    mariadb.write(lambda c: c.execute(text("CREATE DATABASE moved CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")))
    database = Database(mariadb.url.set(database="moved").render_as_string(hide_password=False))
    yield database
    database.dispose()
    mariadb.write(lambda c: c.execute(text("DROP DATABASE moved")))


def truncate(database: Database) -> None:
    """No row, and each id is given from 1 again."""
    with database.engine.begin() as connection:
        there = set(inspect(connection).get_table_names())
        connection.execute(text("SET foreign_key_checks = 0"))
        for table in t.metadata.tables.keys() & there:
            connection.execute(text(f"TRUNCATE TABLE {table}"))
        connection.execute(text("SET foreign_key_checks = 1"))


@pytest.fixture(params=["sql", "dynamodb"])
def new(request: pytest.FixtureRequest, tmp_path: Path, moved: Database, monkeypatch: Any) -> Iterator[New]:
    values = {
        "DATABASE_URL": moved.url.render_as_string(hide_password=False),
        "CATALOG_BACKEND": request.param,
        "DYNAMODB_TABLE_PREFIX": "contract-",
        "SECRET_KEY": SECRET_KEY,
        "ALLOW_DEMO_PAYMENTS": "true",
        "DATA_DIR": str(tmp_path / "there"),
    }
    if request.param == "dynamodb":
        request.getfixturevalue("dynamo_tables")
        aws = aws_environment(request.getfixturevalue("dynoxide"))
        values |= aws
        for name, value in aws.items():
            monkeypatch.setenv(name, value)
    file = tmp_path / "target.env"
    file.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
    own = {name.lower(): value for name, value in values.items() if not name.startswith("AWS_")}
    yield New(file, Settings(_env_file=None, **own))
    truncate(moved)


def move(new: New, capsys: Any) -> tuple[int, str]:
    code = main(["transfer", "--to", str(new.file)])
    said = capsys.readouterr()
    return code, said.out + (said.err if code not in (0, 1) else "")


class TestMoved:
    def test_it_is_the_same_shop(self, old: Old, new: New, capsys: Any) -> None:
        products = {p.product_id: p for p in old.built.catalog.all(include_removed=True)}
        cart = [(line.product.product_id, line.quantity) for line in old.built.cart.view(old.guest).lines]
        code, said = move(new, capsys)
        assert (code, "are the same on both sides" in said) == (0, True), said
        built, database = new.build()
        try:
            assert built.reconcile.run("test").verdict is Verdict.AGREES, built.reconcile.latest()
            built.catalog.refresh()
            moved = {p.product_id: p for p in built.catalog.all(include_removed=True)}
            assert {p: (x.name, x.stock, x.price) for p, x in moved.items()} == {
                p: (x.name, x.stock, x.price) for p, x in products.items()
            }
            assert [(line.product.product_id, line.quantity) for line in built.cart.view(old.guest).lines] == cart
            self._sign_in(built, old)
            vase = next(p for p in moved.values() if p.name.startswith("Böhmische"))
            assert vase.image is not None
            assert [one.alt for one in vase.pictures] == ["Eine Vase", "花瓶"]
            assert all(built.inventory.picture(one.name) for one in vase.pictures)
            assert built.inventory.picture(built.shop_settings.shop().logo)
            assert (vase.tags, vase.family_id, vase.options) == (("glas",), "Vasen", (("Höhe", "30 cm"),))
            # It goes on: new ids follow the old ones.
            newest = old.one(select(func.max(t.orders.c.order_id)))
            assert buy(built, "guest#new", vase.product_id) > newest
            while built.worker.tick():
                pass
            assert built.reconcile.run("test").verdict is Verdict.AGREES
        finally:
            database.dispose()

    @staticmethod
    def _sign_in(built: Services, old: Old) -> None:
        user = built.accounts.by_email("buyer0@shop.example")
        assert user is not None
        built.accounts.check_password(user.user_id, PASSWORD)
        # The code of setting it up is used up, here as there; the next one counts already.
        built.second_factor.check(user.user_id, pyotp.TOTP(old.secret).at(time.time() + 30))

    def test_a_second_time_changes_nothing(self, old: Old, new: New, capsys: Any) -> None:
        move(new, capsys)
        before = contents(new)
        code, said = move(new, capsys)
        assert code == 0
        assert "nothing was changed" in said
        assert contents(new) == before

    @one_target
    def test_the_old_shop_is_closed_until_it_is_told_to_stay(self, old: Old, new: New, capsys: Any) -> None:
        move(new, capsys)
        with pytest.raises(StartupError, match="This shop moved to"):
            check(load_settings(), listens=False)
        assert main(["transfer", "--stay"]) == 0
        moving.refuse_half_moved(old.database)

    def test_a_target_that_went_on_is_left_alone(self, old: Old, new: New, capsys: Any) -> None:
        move(new, capsys)
        built, database = new.build()
        buy(built, "guest#new", in_stock(built))
        built.effect_marks.flush()  # nothing is written by this process from here on
        database.dispose()
        before = contents(new)
        code, said = move(new, capsys)
        assert (code, "has changed since. Nothing was done" in said) == (1, True), said
        assert contents(new) == before

    @one_target
    def test_the_audit_log_still_only_grows(self, old: Old, new: New, capsys: Any) -> None:
        move(new, capsys)
        _, database = new.build()
        try:
            with pytest.raises(DatabaseError, match="append-only"):
                database.write(lambda c: c.execute(delete(t.audit_log)))
        finally:
            database.dispose()

    @one_target
    def test_ids_of_forgotten_links_are_not_given_again(self, old: Old, new: New, capsys: Any) -> None:
        link = {
            "request_key": "k", "purpose": "reset", "user_id": 1, "email": "a@b.c", "created_at": datetime.now(UTC),
            "expires_at": datetime.now(UTC),
        }  # fmt: skip
        for number in range(3):
            old.database.write(lambda c, n=number: c.execute(insert(t.account_links).values(link | {"request_key": n})))
        last = old.one(select(func.max(t.account_links.c.link_id)))
        old.database.write(lambda c: c.execute(delete(t.account_links)))
        move(new, capsys)
        _, database = new.build()
        try:
            made = database.write(lambda c: c.execute(insert(t.account_links).values(link)).inserted_primary_key)
            assert made[0] > last
        finally:
            database.dispose()


class TestInterrupted:
    @pytest.mark.parametrize(
        ("new", "after"),
        [
            ("sql", 1),
            ("dynamodb", 7),
            ("sql", 20),
            *(
                pytest.param(new, after, marks=pytest.mark.soak)
                for new, after in [("dynamodb", 1), ("sql", 7), ("dynamodb", 20)]
            ),
        ],
        indirect=["new"],
    )
    def test_a_killed_transfer_leaves_a_closed_shop_and_is_finished_by_the_next(
        self, old: Old, new: New, capsys: Any, monkeypatch: pytest.MonkeyPatch, after: int
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(transfer_run, "copy_table", _dying(transfer_run.copy_table, after))
            assert move(new, capsys)[0] == 130
        database = stores.open_database(new.settings)
        with pytest.raises(StartupError, match="only a part of the shop"):
            moving.refuse_half_moved(database)
        database.dispose()
        moving.refuse_half_moved(old.database)
        assert move(new, capsys)[0] == 0
        built, database = new.build()
        assert built.reconcile.run("test").verdict is Verdict.AGREES
        moving.refuse_half_moved(database)
        database.dispose()

    def test_a_running_shop_is_carried_in_a_first_pass_and_caught_up_with(
        self, old: Old, new: New, capsys: Any
    ) -> None:
        lock = acquire(old.settings.data_dir / "worker.lock")
        assert lock is not None
        with lock:
            code, said = move(new, capsys)
            assert (code, "Stop the shop" in said) == (1, True), said
            database = stores.open_database(new.settings)
            with pytest.raises(StartupError, match="only a part of the shop"):
                moving.refuse_half_moved(database)
            database.dispose()
            order = buy(old.built, "guest#meanwhile", in_stock(old.built))
            old.built.cart.clear(old.guest)
            old.database.write(lambda c: c.execute(delete(t.throttles)))
            old.database.write(lambda c: c.execute(update(t.users).values(full_name="Renamed")))
        code, said = move(new, capsys)
        assert code == 0, said
        assert "replaced" in said
        built, database = new.build()
        assert built.orders.get(order).owner == "guest#meanwhile"
        assert built.cart.view(old.guest).lines == ()
        assert built.reconcile.run("test").verdict is Verdict.AGREES
        database.dispose()

    @one_target
    def test_nobody_writes_to_the_old_shop_while_it_is_proven(
        self, old: Old, new: New, capsys: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blocked = []
        real = transfer_run.proofs

        def writing(*arguments: Any) -> Any:
            rival = sqlite3.connect(old.settings.data_dir / "shop.db", timeout=0.05)
            with closing(rival), pytest.raises(sqlite3.OperationalError, match="locked"):
                rival.execute("DELETE FROM throttles")
            blocked.append(True)
            return real(*arguments)

        monkeypatch.setattr(transfer_run, "proofs", writing)
        assert move(new, capsys)[0] == 0
        assert blocked == [True]


class TestRefused:
    @one_target
    def test_a_target_with_another_shop(self, old: Old, new: New, capsys: Any) -> None:
        database = stores.open_database(new.settings)
        migrate(database)
        add_people(database, 1)
        before = database.read(lambda c: c.execute(select(t.users)).all())
        code, said = move(new, capsys)
        assert (code, "not this shop's (users)" in said) == (2, True), said
        assert database.read(lambda c: c.execute(select(t.users)).all()) == before
        database.dispose()

    @one_target
    def test_a_target_of_another_shops_transfer(self, old: Old, new: New, capsys: Any) -> None:
        move(new, capsys)
        old.database.write(lambda c: c.execute(delete(t.shop_facts).where(t.shop_facts.c.name == moving.SHOP)))
        code, said = move(new, capsys)
        assert (code, "another transfer's" in said) == (2, True), said

    @one_target
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("SECRET_KEY", "another key that is long enough to be one", "SECRET_KEY: the target's must be this shop's"),
            ("CURRENCY", "GBP", "CURRENCY: the target says GBP"),
            ("STORE_TIMEZONE", "Europe/London", "STORE_TIMEZONE: the target says"),
            ("DATABASE_URL", "sqlite:////tmp/x.db", "DATABASE_URL: the target needs a database server"),
        ],
    )
    def test_settings_that_do_not_go_with_this_shop(
        self, old: Old, new: New, capsys: Any, name: str, value: str, words: str
    ) -> None:
        new.file.write_text(new.file.read_text() + f"{name}='{value}'\n")
        code, said = move(new, capsys)
        assert (code, words in said) == (2, True), said

    @one_target
    def test_a_second_transfer_beside_the_first(self, old: Old, new: New, capsys: Any) -> None:
        database = stores.open_database(new.settings)
        migrate(database)
        with database.engine.connect() as connection:
            connection.execute(text("SELECT GET_LOCK('retail-sync-transfer', 0)"))
            code, said = move(new, capsys)
        assert (code, "Another transfer into this database is running" in said) == (2, True), said
        database.dispose()

    def test_a_target_that_was_spoiled_on_the_way_stays_closed(
        self, old: Old, new: New, capsys: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The proof reads the target on its own, so it sees what the copying did not do right."""
        real = transfer_run.proofs

        def spoiling(source: Any, target: Database, *rest: Any) -> Any:
            target.write(lambda c: c.execute(update(t.payments).values(amount=t.payments.c.amount + 1)))
            return real(source, target, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(transfer_run, "proofs", spoiling)
            code, said = move(new, capsys)
        assert (code, "payments:" in said, "stays closed" in said) == (1, True, True), said
        moving.refuse_half_moved(old.database)
        assert move(new, capsys)[0] == 0


def _dying(real: Any, calls: int) -> Any:
    left = [calls]

    def copy(*arguments: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return real(*arguments)

    return copy


def contents(new: New) -> dict[str, list[str]]:
    """Every row of the target but the note of its arrival, whose time a run renews, and the look at its books."""
    database = stores.open_database(new.settings)
    skipped = (t.shop_facts, t.reconciliations)
    found = {
        table.name: database.read(lambda c, x=table: sorted(map(str, c.execute(select(x)))))  # type: ignore[misc]
        for table in t.metadata.sorted_tables
        if table not in skipped
    }
    database.dispose()
    target = stores.catalog_target(new.settings)
    if target is not None:
        for kind in ("products", "reservations", "stock_marks", "carts", "cart_takes"):
            found[f"dynamo {kind}"] = sorted(text_of(record) for record in target.everything(kind))
    return found
