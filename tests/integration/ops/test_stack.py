"""The stacks of `deploy/`, made by moto: what it made is what the shop needs, and its roles may do what it does.

The shop's calls are recorded while it trades against moto's services, as web, as worker and as commands.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from io import BytesIO
from typing import Any

import boto3
import botocore.client
import pytest
from moto import mock_aws
from PIL import Image
from sqlalchemy import Connection, func, select, update

from app.domain import UNIT_LIMIT, Actor, Address, Order, Quantity
from app.errors import NotFound, OutOfStock, PaymentDeclined, PaymentUnclear, StoreUnavailable
from app.services import Services
from app.services.checkout.checkout import CheckoutRequest, CheckoutService
from app.services.stock.inventory import InventoryService
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.settings.environment import Settings, load_settings
from app.stores.aws.client import forget_clients
from app.stores.dynamo import tables
from app.stores.dynamo.calls import Calls
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import orders, outbox
from app.wiring import composition
from app.wiring import stores as opening
from tests.support import stack
from tests.support.aws import ACCOUNT, ENVIRONMENT, REGION
from tests.support.certificates import authority
from tests.support.shop import APPROVED, DECLINED, PASSWORD, SECRET_KEY, add_people, build, settings_for

# Some seconds are moto's own, before it does anything.
pytestmark = [pytest.mark.soak, pytest.mark.filterwarnings("ignore:Tried to parse")]

TESTER = Actor("tester@shop.example", 9)
ADDRESS = Address(name="Ada", line1="1 Lake Road", city="Pune", postcode="411001", country="IN", region="Maharashtra")


@pytest.fixture(scope="module")
def deployed() -> Iterator[stack.Deployed]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        forget_clients()
        yield stack.deploy()
    forget_clients()


def test_moto_passes_over_what_is_listed_and_makes_the_rest(deployed: stack.Deployed):
    named = {one["Type"] for name in stack.ORDER for one in stack.template(name)["Resources"].values()}
    assert named - deployed.made == stack.WITHOUT


class TestTables:
    def test_migrate_finds_them_as_they_should_be_and_makes_none(self, deployed: stack.Deployed):
        dynamo = tables.connect(deployed.environment("command")["DYNAMODB_TABLE_PREFIX"])
        tables.require_tables(dynamo)
        assert tables.migrate(dynamo) == []

    def test_there_is_no_other(self, deployed: stack.Deployed):
        made = set(boto3.client("dynamodb").list_tables()["TableNames"])
        assert made == {f"{stack.SHOP}-{table.name}" for table in tables.TABLES}


@pytest.mark.parametrize("part", ["web", "worker", "command"])
def test_a_task_starts_with_its_environment(deployed: stack.Deployed, part: str, monkeypatch: pytest.MonkeyPatch):
    for name, value in deployed.environment(part).items():
        monkeypatch.setenv(name, value)
    secrets_of_task = {"SECRET_KEY": SECRET_KEY, "DATABASE_CA": authority().pem}
    assert deployed.secrets(part).keys() == secrets_of_task.keys()
    for name, value in secrets_of_task.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(_env_file=None)
    assert (settings.catalog_backend, settings.notifier) == ("dynamodb", "aws")
    assert settings.base_url == "https://shop.example"
    assert settings.trusted_proxies == 1
    opening.require_catalog(settings)


# --- rights

Right = tuple[str, str]  # action, resource
_WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


def rights_of(service: str, operation: str, asked: dict[str, Any]) -> set[Right]:
    """What IAM asks for when this is called, by AWS's table of actions and resources."""
    if service == "dynamodb":
        return _of_dynamodb(operation, asked)
    if service == "sesv2":
        assert operation == "SendEmail"
        assert "Raw" in asked["Content"]  # judged as another action than composed mail
        whom = (f"identity/{'shop.example'}", f"configuration-set/{asked['ConfigurationSetName']}")
        return {("ses:SendRawEmail", f"arn:aws:ses:{REGION}:{ACCOUNT}:{one}") for one in whom}
    if service == "sns":
        return {(f"sns:{operation}", asked.get("TopicArn", "*"))}
    if service == "s3":
        return {(f"s3:{operation}", f"arn:aws:s3:::{asked['Bucket']}/{asked['Key']}")}
    return {(f"{service}:{operation}", asked["SecretId"])}


def _of_dynamodb(operation: str, asked: dict[str, Any]) -> set[Right]:
    if operation == "TransactWriteItems":
        writes = [(kind, one) for action in asked["TransactItems"] for kind, one in action.items()]
        return {(f"dynamodb:{_WRITES[kind]}", _table(one["TableName"])) for kind, one in writes}
    if operation in ("BatchGetItem", "BatchWriteItem"):
        return {(f"dynamodb:{operation}", _table(name)) for name in asked["RequestItems"]}
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    return {(f"dynamodb:{operation}", _table(asked["TableName"]) + index)}


def _table(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


@dataclass
class Recorder:
    """What the shop called while `on`."""

    used: set[Right] = field(default_factory=set)

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        really = botocore.client.BaseClient._make_api_call

        def noting(client: Any, operation: str, asked: dict[str, Any]) -> Any:
            self.used |= rights_of(client.meta.service_model.service_name, operation, asked)
            return really(client, operation, asked)

        really_sent = Calls.send

        def noting_sent(calls: Calls, operation: str, asked: Mapping[str, Any]) -> Any:
            name = "".join(word.title() for word in operation.split("_"))
            self.used |= rights_of("dynamodb", name, dict(asked))
            return really_sent(calls, operation, asked)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(botocore.client.BaseClient, "_make_api_call", noting)
            patch.setattr(Calls, "send", noting_sent)
            yield


@dataclass
class Trade:
    """The deployed shop on SQLite instead of RDS, and how each kind of task uses it."""

    settings: Settings
    web: Services
    database: Database

    def serve(self) -> None:
        _start(self.settings)
        self.web.catalog.refresh()
        mug = self.web.inventory.add_product(_draft("Clay tumbler", image=_picture()), TESTER)
        self.web.inventory.edit_product(mug.product_id, _draft("Clay mug"), TESTER, edited_fields(mug))
        self.web.inventory.receive(mug.product_id, 40, TESTER, "")
        self.web.inventory.held()
        self.web.inventory.picture(mug.image or "")
        with pytest.raises(NotFound):
            self.web.inventory.picture("0" * 32 + ".webp")
        self.web.catalog.refresh()
        self.buy(self.web.inventory.add_product(_draft("Jug"), TESTER).product_id, 8)  # which is low now
        order = self.buy(mug.product_id, 2)
        self.web.orders.record_return(order.order_id, [(1, 1, True)], "broken", TESTER, "key")
        with pytest.raises(PaymentDeclined):
            self.buy(mug.product_id, 1, DECLINED)
        for number in ("4000 0000 0000 0119", "4000 0000 0000 0341"):  # charged late, never charged
            with pytest.raises(PaymentUnclear):
                self.buy(mug.product_id, 1, {**APPROVED, "number": number})
        self.die_before_units_are_held(mug.product_id)
        self.die_in_a_stock_edit(mug.product_id)
        with pytest.raises(OutOfStock):
            self.buy(mug.product_id, 2, sold_out=True)
        self.merge_into_a_full_cart()
        self.subscribe()
        (buyer,) = add_people(self.database, 1)
        self.web.cart.add(f"user#{buyer.user_id}", self.tray, 1)
        self.web.accounts.close(buyer.user_id, PASSWORD)

    def die_before_units_are_held(self, product_id: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(CheckoutService, "_reserve", _die)
            with pytest.raises(SystemExit):
                self.buy(product_id, 1)

    def die_in_a_stock_edit(self, product_id: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InventoryService, "_apply", _die)
            with pytest.raises(SystemExit):
                self.web.inventory.receive(product_id, 3, TESTER, "")

    def merge_into_a_full_cart(self) -> None:
        """The user's cart stays as it is, so it is only looked at."""
        self.tray = self.web.inventory.add_product(_draft("Tray", stock=UNIT_LIMIT), TESTER).product_id
        self.web.cart.add("user#77", self.tray, UNIT_LIMIT)
        self.web.cart.add("guest#77", self.tray, 1)
        self.web.live.snapshot()  # what the wall shows, of carts as well
        self.web.cart.merge("guest#77", "user#77")

    def subscribe(self) -> None:
        self.web.alerts.subscribe("stock@shop.example", TESTER)
        for known in self.web.alerts.subscriptions():
            if known.subscription_id is not None:
                self.web.alerts.unsubscribe(known.subscription_id, TESTER)

    def buy(self, product_id: str, units: int, card: dict[str, str] = APPROVED, *, sold_out: bool = False) -> Order:
        owner = f"guest#{secrets.token_hex(8)}"
        self.web.cart.add(owner, product_id, units)
        if sold_out:
            self.web.inventory.correct(product_id, 1, TESTER, "")
        return self.web.checkout.place(CheckoutRequest(owner, None, "ada@elsewhere.example", ADDRESS, card, None))

    def work(self) -> None:
        _start(self.settings)
        services = composition.build(self.settings, self.database, writes_to_reserved=True)
        services.inventory.finish_edits(timedelta(0))
        for _ in range(3):
            self.database.write(_let_time_pass)
            for _ in range(12):
                services.worker.tick()
        services.reconcile.run("worker")
        assert self.database.read(_left_to_do) == 0

    def command(self) -> None:
        tables.migrate(tables.connect(self.settings.dynamodb_table_prefix))
        _start(self.settings)
        services = composition.build(self.settings, self.database, writes_to_reserved=True)
        stores = opening.catalog_stores(self.settings, self.database)
        assert stores.loader is not None
        stores.loader.is_empty()
        stores.loader.load(services.catalog.all())
        stores.loader.finish()
        stores.catalog.reserve(987_654, [Quantity(self.tray, 1)])  # by nobody's order
        services.reconcile.run("command line", repair_as=TESTER)
        stores.catalog.adjust_stock("beside-the-ledger", self.tray, delta=5)
        services.reconcile.trust(self.tray, "ledger", TESTER)


def _start(settings: Settings) -> None:
    """As every program does first."""
    opening.require_catalog(settings)
    _ask_for_the_password()


def _draft(name: str, stock: int = 9, image: bytes | None = None) -> ProductDraft:
    return ProductDraft(name, 24_900, "Kitchen", threshold=2, image=image, stock=stock)


def _die(*_: object) -> None:
    raise SystemExit


def _let_time_pass(connection: Connection) -> None:
    now = database_now(connection)
    connection.execute(update(orders).values(leased_until=now))
    connection.execute(update(outbox).values(next_try_at=now, leased_until=None))


def _ask_for_the_password() -> None:
    with contextlib.suppress(StoreUnavailable):  # moto has no such secret; what counts is that it is asked for
        settings = Settings(
            _env_file=None,
            secret_key=SECRET_KEY,
            allow_demo_payments=True,
            database_url="mysql+pymysql://shop@db.example/shop",
            database_secret_arn=stack.DATABASE_SECRET,
        )
        password = opening.password_of(settings)
        assert password is not None
        password.current()


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    return out.getvalue()


def _left_to_do(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).where(outbox.c.state == "pending")).scalar_one())


@pytest.fixture(scope="module")
def used(deployed: stack.Deployed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[Right]]]:
    """What each kind of task called."""
    environment = deployed.environment("web")
    boto3.client("sesv2").create_email_identity(EmailIdentity="shop@shop.example")
    boto3.client("sesv2").create_configuration_set(ConfigurationSetName=environment["SES_CONFIGURATION_SET"])
    settings = settings_for(
        tmp_path_factory.mktemp("shop"),
        **{
            name.lower(): environment[name]
            for name in ("CATALOG_BACKEND", "DYNAMODB_TABLE_PREFIX", "NOTIFIER", "SES_SENDER", "SES_CONFIGURATION_SET",
                         "SNS_TOPIC_ARN", "S3_BUCKET")
        },
    )  # fmt: skip
    web, database = build(settings)
    trade = Trade(settings, web, database)
    recorders = {"WebRole": Recorder(), "WorkerRole": Recorder(), "CommandRole": Recorder()}
    for recorder, tasks in zip(recorders.values(), (trade.serve, trade.work, trade.command), strict=True):
        with recorder.on():
            tasks()
    yield {role: recorder.used for role, recorder in recorders.items()}
    database.dispose()


# Allowed beside what was called. SES asks for one or the other by what is in a mail, and the docs are not of one mind.
ALSO = {("WorkerRole", "ses:SendEmail")}
# AWS looks at these behind a call for something else.
BEHIND = {("WebRole", "s3:ListBucket")}
# Versions of before read it, while they and this one run side by side under the same roles.
OF_EARLIER_VERSIONS = "products/index/by_change"


@pytest.mark.parametrize("role", ["WebRole", "WorkerRole", "CommandRole"])
def test_a_role_may_do_what_its_tasks_do_and_nothing_else(
    deployed: stack.Deployed, used: dict[str, set[Right]], role: str
):
    allowed = {
        (action, resource)
        for one in deployed.statements(role)
        for action in one["Action"]
        for resource in one["Resource"]
        if (role, action) not in ALSO | BEHIND and not resource.endswith(OF_EARLIER_VERSIONS)
    }
    refused = {right for right in used[role] if not any(_covers(one, right) for one in allowed)}
    unused = {one for one in allowed if not any(_covers(one, right) for right in used[role])}
    assert (refused, unused) == (set(), set())


def _covers(allowed: Right, needed: Right) -> bool:
    return allowed[0] == needed[0] and fnmatchcase(needed[1], allowed[1])
