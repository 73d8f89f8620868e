"""Nothing that staff change goes unwritten: every method that takes an actor, every callback of an admin page."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app.domain import (
    Access,
    Actor,
    Address,
    AuditAction,
    AuditOutcome,
    BlockReason,
    OnOrder,
    Order,
    ReorderRule,
    Role,
    RuleKey,
    RuleLevel,
    Scope,
    ScreenSettings,
    Subscription,
)
from app.domain.effects import Effect, EffectKind
from app.domain.fulfilment import Parcel
from app.domain.mail_texts import PARTS, setting_of
from app.domain.shipping import Method, PriceBy, Step, Zone
from app.domain.webhooks import Delivery, Event
from app.services.calendar.entries import EntryDraft, facts
from app.services.checkout.checkout import CheckoutRequest
from app.services.forecasts.reorder_rules import NO_RULE
from app.services.messages.ports import EventMessage, MailEvent
from app.services.replay.policy import Policy, ReplayRequest
from app.services.replay.result import Figures, ProductReplay, Replay
from app.services.shipping.drafts import method_fields, zone_fields
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.stores.sql.alerts.rules import SqlAlertRules
from app.stores.sql.engine.clock import database_now
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.messages.address_blocks import SqlAddressBlocks
from app.stores.sql.tables import audit_log, outbox, products, users, webhook_deliveries
from app.stores.sql.webhooks.telling import SqlTelling
from app.web.page import CALLBACKS
from components.admin.audit import FIELDS
from components.admin.reorder import seen_plan
from pages.admin._discount_forms import NEW as NEW_CODE
from tests.conftest import WiredApp
from tests.support.account_calls import arrive
from tests.support.dash_calls import callback_map, function_of
from tests.support.fakes import FakeTopic
from tests.support.shop import APPROVED, add_people, add_product
from tests.support.staff_calls import Admin, lamp, new_address, save_details, seen_goals

A = AuditAction
SOMEBODY = Actor("tester@shop.example", 99, "203.0.113.77")


@pytest.fixture
def admin(wired_app: WiredApp) -> Iterator[Admin]:
    visitor = arrive(wired_app, Role.ADMIN)
    yield Admin(wired_app, visitor.client, visitor.user)
    leave = update(users).where(users.c.user_id == visitor.user.user_id).values(role=Role.CUSTOMER.value)
    wired_app.database.write(lambda c: c.execute(leave))


def paid_order(app: WiredApp) -> int:
    product = add_product(app.services, "Clay tumbler", 24_900, 5)
    owner = f"guest#{secrets.token_hex(8)}"
    app.services.cart.add(owner, product.product_id)
    address = Address("Meera", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
    return app.services.checkout.place(CheckoutRequest(owner, None, "m@shop.example", address, APPROVED, None)).order_id


def placed_order(app: WiredApp) -> int:
    """To be paid on delivery, which the shop offers for this moment alone."""
    product = add_product(app.services, "Clay bowl", 24_900, 5)
    owner = f"guest#{secrets.token_hex(8)}"
    app.services.cart.add(owner, product.product_id)
    address = Address("Meera", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
    request = CheckoutRequest(owner, None, "m@shop.example", address, None, None, method="delivery")
    settings = app.services.shop_settings
    settings.save("Payment", {"pay_delivery": "on"}, {"pay_delivery": "off"}, Actor("somebody else"))
    try:
        return app.services.checkout.place(request).order_id
    finally:
        settings.save("Payment", {"pay_delivery": "off"}, {"pay_delivery": "on"}, Actor("somebody else"))


PARCEL = Parcel({1: 1}, "DHL", "JD01")


def _shipped(app: WiredApp) -> int:
    order_id = paid_order(app)
    shipment = app.services.fulfilment.ship(order_id, PARCEL, Actor("somebody else"), secrets.token_hex(8))
    return shipment.shipment_id


def _held(app: WiredApp) -> int:
    order_id = paid_order(app)
    app.services.fulfilment.hold(order_id, "no street", Actor("somebody else"))
    return order_id


def _moved(app: WiredApp) -> tuple[int, Address, Address]:
    order = app.services.orders.get(paid_order(app))
    return order.order_id, order.address, replace(order.address, line1="2 Hill Road")


def failed_delivery(app: WiredApp, order_id: int) -> int:
    key = f"receipt:{order_id}:test:{secrets.token_hex(4)}"
    app.database.write(lambda c: enqueue(c, Effect(EffectKind.RECEIPT, key, {"order_id": order_id}), database_now(c)))
    app.database.write(lambda c: c.execute(update(outbox).where(outbox.c.key == key).values(state="failed")))
    return int(
        app.database.read(lambda c: c.execute(select(outbox.c.entry_id).where(outbox.c.key == key)).scalar_one())
    )


def _with_receipt(app: WiredApp) -> Order:
    order_id = paid_order(app)
    sent = update(outbox).where(outbox.c.key == f"receipt:{order_id}").values(state="done")
    app.database.write(lambda c: c.execute(sent))
    return app.services.orders.get(order_id)


def _removed(app: WiredApp) -> str:
    product_id = lamp(app)
    app.services.inventory.remove(product_id, Actor("somebody else"))
    return product_id


def _noted(app: WiredApp, actor: Actor = Actor("somebody else")) -> int:  # noqa: B008 - it is frozen
    return app.services.events.note(date(2026, 11, 1), "outage", "No payments", actor).event_id


SALE = EntryDraft("promotion", date(2026, 11, 27), date(2026, 11, 30), "Black Friday", 250)


def _planned(app: WiredApp) -> int:
    return app.services.calendar.add(SALE, Actor("somebody else")).entry_id


def _replayed(app: WiredApp) -> int:
    store, request = app.services.replays._store, ReplayRequest(Policy(11, 7, 95), date(2026, 11, 1), date(2026, 11, 9))
    number = store.ask(secrets.token_hex(8), request.as_dict(), "", 9)
    assert number is not None
    nothing = Figures(*(0,) * 11)
    found = Replay(request, [ProductReplay(lamp(app), nothing, None)], [], 0, 2, 0)
    assert store.take("run", timedelta(minutes=1)) is not None
    store.finish(number, "run", found.as_dict(), "")
    return number


def _zone_draft() -> dict[str, Any]:
    return {"name": f"Zone {secrets.token_hex(4)}", "places": ["TV"]}


def _method_draft() -> dict[str, Any]:
    return {**method_fields(Method(0, f"By {secrets.token_hex(4)}", PriceBy.ITEM, (Step(None, 900),)))}


def _shipping(app: WiredApp) -> Zone:
    """A zone with a method, made by somebody else."""
    zones, maker = app.services.shipping_zones, Actor("somebody else")
    if not zones.plan().zones:
        zones.add_method(zones.add_zone({"name": "Far", "places": ["NU"]}, maker).zone_id, _method_draft(), maker)
    return zones.plan().zones[0]


def _post(app: WiredApp) -> Method:
    return _shipping(app).methods[0]


@pytest.fixture(autouse=True)
def ships_everywhere_after(wired_app: WiredApp) -> Iterator[None]:
    """Other tests order from anywhere."""
    yield
    zones = wired_app.services.shipping_zones
    for zone in zones.plan().zones:
        zones.remove_zone(zone.zone_id, zone_fields(zone), len(zone.methods), Actor("somebody else"))


def _changed(app: WiredApp) -> tuple[Any, ...]:
    entry_id = _planned(app)
    return entry_id, replace(SALE, percent=300), SOMEBODY, facts(app.services.calendar.get(entry_id))


def _country(app: WiredApp, is_added: bool = True) -> str:
    """One whose holidays do not count yet, or have just been added."""
    country = app.services.calendar.choices()[0]
    if is_added:
        app.services.calendar.add_country(country, Actor("somebody else"))
    return country


def _code(app: WiredApp) -> str:
    return app.services.screens.begin("192.0.2.9").code


def _paired(app: WiredApp) -> int:
    return app.services.screens.pair(_code(app), ScreenSettings("Door"), Actor("somebody else", 98)).screen_id


def _fresh_goal() -> int:
    return 1 + secrets.randbelow(10**9)


def _other_reply(app: WiredApp) -> tuple[dict[str, str], dict[str, str]]:
    return {"reply_to": new_address()}, {"reply_to": app.services.shop_settings.values()["reply_to"]}


def _seen_texts(app: WiredApp, mail: str, code: str) -> dict[str, str]:
    return {part: app.services.shop_settings.values()[setting_of(mail, code, part)] for part in PARTS}


HOOK = "https://93.184.215.14/hook"  # a public address, which nothing is sent to


def _hook(app: WiredApp) -> int:
    for one in app.services.webhooks.endpoints():  # there may be twenty
        app.services.webhooks.remove(one.endpoint_id, Actor("somebody else"))
    added = app.services.webhooks.add("Books", HOOK, "signed", ["order.paid"], Actor("somebody else"))
    return added[0].endpoint_id


def _given_up(app: WiredApp) -> Delivery:
    endpoint_id = _hook(app)
    SqlTelling(app.database).tell([Event(f"msg_{secrets.token_hex(8)}", "test", "{}", "", endpoint_id)])
    failed = update(webhook_deliveries).where(webhook_deliveries.c.endpoint_id == endpoint_id).values(state="failed")
    app.database.write(lambda c: c.execute(failed))
    return app.services.webhooks.log(endpoint_id).deliveries[0]


def _rule(app: WiredApp) -> int:
    name = f"Dry {secrets.token_hex(3)}"
    return app.services.rules.add(name, "gross", "below", 5, "24h", Actor("somebody else")).rule_id


def _rule_episode(app: WiredApp) -> int:
    episode_id = SqlAlertRules(app.database).open(_rule(app), 3, "Little.")
    assert episode_id is not None
    return episode_id


def _edit(app: WiredApp) -> tuple[Any, ...]:
    product = app.services.catalog.get(lamp(app))
    return product.product_id, DRAFT, SOMEBODY, edited_fields(product)


def _code_draft() -> dict[str, Any]:
    return NEW_CODE | {"name": f"C{secrets.token_hex(6)}", "value": 1 + secrets.randbelow(9_000)}


def _discount(app: WiredApp) -> int:
    """The latest code, which is one that is not over."""
    codes = app.services.discount_codes
    latest = next(iter(codes.reports()), None)
    if latest is None or latest.state == "over":
        return codes.add(_code_draft(), Actor("somebody else")).code_id
    return latest.code.code_id


def _code_fields(app: WiredApp) -> dict[str, Any]:
    codes = app.services.discount_codes
    return codes.fields(codes.get(_discount(app)))


def _goal_of_today(app: WiredApp) -> int | None:
    return app.services.goals.goals().days.get(app.services.formats.today().isoformat())


def _staff(app: WiredApp, **values: Any) -> int:
    user = add_people(app.database, 1, f"staff-{secrets.token_hex(5)}-", values.pop("role", Role.OPS))[0]
    if values:
        app.database.write(lambda c: c.execute(update(users).where(users.c.user_id == user.user_id).values(**values)))
    return user.user_id


def _customer(app: WiredApp) -> str:
    found = app.services.accounts.get(_staff(app, role=Role.CUSTOMER, email_verified_at=datetime.now(UTC)))
    assert found is not None
    return str(found.email)


def _invited(app: WiredApp) -> int:
    return app.services.staff.invite("Ravi", new_address(), Role.OPS, Actor("somebody else")).user_id


def _with_factor(app: WiredApp) -> int:
    return _staff(app, totp_secret="x", totp_enabled_at=datetime.now(UTC))


def _token(app: WiredApp) -> tuple[int, int]:
    owner = app.people[Role.ADMIN]
    token, _ = app.services.tokens.create(owner, f"robot {secrets.token_hex(3)}", {Scope.METRICS}, None)
    return owner.user_id, token.token_id


SUBSCRIBED = Subscription("arn:aws:sns:eu-west-1:123456789012:low-stock:1", "email", "ravi@shop.example")


@pytest.fixture(autouse=True)
def alert_topic(wired_app: WiredApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with NOTIFIER=aws: the mailbox has no subscribers."""
    monkeypatch.setattr(wired_app.services.alerts, "_topic", FakeTopic(SUBSCRIBED))


def blocked(app: WiredApp) -> int:
    email = f"gone-{secrets.token_hex(5)}@elsewhere.example"
    event = MailEvent(email, BlockReason.COMPLAINT, "abuse", datetime.now(UTC))
    SqlAddressBlocks(app.database).record(EventMessage(secrets.token_hex(8), (event,)))
    block = app.services.mail_events.block_of(email)
    assert block is not None
    return block.block_id


def _differing(app: WiredApp) -> str:
    product_id = lamp(app)
    taken = update(products).where(products.c.product_id == product_id).values(stock=products.c.stock - 1)
    app.database.write(lambda c: c.execute(taken))
    return product_id


def _shop_rule(app: WiredApp) -> list[int | None] | None:
    return seen_plan(app.services.reorder.read().said.get(RuleKey(RuleLevel.SHOP), NO_RULE))


def _looked_at(app: WiredApp) -> str:
    return app.services.bulk_edits.preview([lamp(app)], {"supplier": "Sharma"}).edit_id


DRAFT = ProductDraft("Mug", 19_900, "Kitchen", stock=3)
# Every method of a service that takes an actor: what it is called with, and what the log then says.
METHODS: dict[str, tuple[Callable[[WiredApp], tuple[Any, ...]], AuditAction]] = {
    "inventory.add_product": (lambda app: (DRAFT, SOMEBODY), A.PRODUCT_ADD),
    "inventory.edit_product": (lambda app: _edit(app), A.PRODUCT_EDIT),
    "inventory.receive": (lambda app: (lamp(app), 5, SOMEBODY), A.STOCK_RECEIVE),
    "inventory.write_off": (lambda app: (lamp(app), 5, SOMEBODY, "lost"), A.STOCK_WRITE_OFF),
    "inventory.correct": (lambda app: (lamp(app), 5, SOMEBODY, "counted"), A.STOCK_CORRECT),
    "inventory.remove": (lambda app: (lamp(app), SOMEBODY), A.PRODUCT_REMOVE),
    "inventory.restore": (lambda app: (_removed(app), SOMEBODY), A.PRODUCT_RESTORE),
    "reorder.set_rule": (
        lambda app: (RuleKey(RuleLevel.PRODUCT, lamp(app)), ReorderRule(10, pack=3), SOMEBODY, NO_RULE), A.REORDER_PLAN,
    ),
    "bulk_edits.apply": (lambda app: (_looked_at(app), SOMEBODY), A.PRODUCTS_EDIT),
    "replays.apply": (lambda app: (SOMEBODY, _replayed(app)), A.PRODUCTS_EDIT),
    "bulk_edits.set_for_products": (lambda app: (SOMEBODY, [lamp(app)], {"lead_days": 9}), A.PRODUCTS_EDIT),
    "forecasts.set_on_order": (lambda app: (lamp(app), OnOrder(5), SOMEBODY, None), A.REORDER_PLAN),
    "events.note": (lambda app: (date(2026, 11, 1), "promotion", "20 % off", SOMEBODY), A.EVENT_ADD),
    "events.remove": (lambda app: (_noted(app, SOMEBODY), SOMEBODY), A.EVENT_REMOVE),
    "calendar.add": (lambda app: (SALE, SOMEBODY), A.EVENT_ADD),
    "calendar.change": (_changed, A.EVENT_CHANGE),
    "calendar.remove": (lambda app: (_planned(app), SOMEBODY, SALE.values()), A.EVENT_REMOVE),
    "calendar.add_country": (lambda app: (_country(app, is_added=False), SOMEBODY), A.HOLIDAYS_ADD),
    "calendar.remove_country": (lambda app: (_country(app), SOMEBODY), A.HOLIDAYS_REMOVE),
    "rules.add": (lambda app: ("Dry", "gross", "below", 5, "24h", SOMEBODY), A.RULE_ADD),
    "rules.remove": (lambda app: (_rule(app), SOMEBODY), A.RULE_REMOVE),
    "rules.switch": (lambda app: (_rule(app), False, SOMEBODY), A.RULE_SWITCH),
    "rules.snooze": (lambda app: (_rule(app), 8, SOMEBODY), A.RULE_SNOOZE),
    "rules.acknowledge": (lambda app: (_rule_episode(app), SOMEBODY), A.RULE_ACKNOWLEDGE),
    "webhooks.add": (lambda app: ("Books", HOOK, "signed", ["order.paid"], SOMEBODY), A.WEBHOOK_ADD),
    "webhooks.change": (lambda app: (_hook(app), "Books", HOOK + "2", ["order.paid"], SOMEBODY), A.WEBHOOK_CHANGE),
    "webhooks.switch": (lambda app: (_hook(app), False, SOMEBODY), A.WEBHOOK_SWITCH),
    "webhooks.rotate": (lambda app: (_hook(app), SOMEBODY), A.WEBHOOK_ROTATE),
    "webhooks.remove": (lambda app: (_hook(app), SOMEBODY), A.WEBHOOK_REMOVE),
    "webhooks.test": (lambda app: (_hook(app), SOMEBODY), A.WEBHOOK_TEST),
    "webhooks.replay": (lambda app: (_given_up(app).delivery_id, SOMEBODY), A.WEBHOOK_REPLAY),
    "webhooks.replay_failed": (
        lambda app: (_given_up(app).endpoint_id, datetime(2026, 1, 1, tzinfo=UTC), SOMEBODY), A.WEBHOOK_REPLAY,
    ),
    "screens.pair": (lambda app: (_code(app), ScreenSettings("Door"), SOMEBODY), A.SCREEN_PAIR),
    "screens.change": (
        lambda app: (_paired(app), ScreenSettings("Gate"), SOMEBODY, ScreenSettings("Door")), A.SCREEN_CHANGE,
    ),
    "screens.revoke": (lambda app: (_paired(app), SOMEBODY), A.SCREEN_REVOKE),
    "goals.set_weekdays": (lambda app: ({"monday": _fresh_goal()}, SOMEBODY, seen_goals(app)), A.GOAL_SET),
    "goals.set_day": (
        lambda app: (app.services.formats.today(), _fresh_goal(), SOMEBODY, _goal_of_today(app)), A.GOAL_SET,
    ),
    "tax_exemptions.set": (lambda app: (_buyer(app), "Embassy", "", SOMEBODY), A.CUSTOMER_TAX),
    "discount_codes.add": (lambda app: (_code_draft(), SOMEBODY), A.DISCOUNT_ADD),
    "discount_codes.change": (
        lambda app: (_discount(app), _code_draft(), _code_fields(app), SOMEBODY), A.DISCOUNT_CHANGE,
    ),
    "discount_codes.end": (lambda app: (_discount(app), _code_fields(app), SOMEBODY), A.DISCOUNT_END),
    "shop_settings.save": (lambda app: ("Mail", *_other_reply(app), SOMEBODY), A.SETTINGS_CHANGE),
    "shipping_zones.add_zone": (lambda app: (_zone_draft(), SOMEBODY), A.ZONE_ADD),
    "shipping_zones.change_zone": (
        lambda app: (_shipping(app).zone_id, _zone_draft(), zone_fields(_shipping(app)), SOMEBODY), A.ZONE_CHANGE,
    ),
    "shipping_zones.remove_zone": (
        lambda app: (_shipping(app).zone_id, zone_fields(_shipping(app)), 1, SOMEBODY), A.ZONE_REMOVE,
    ),
    "shipping_zones.add_method": (lambda app: (_shipping(app).zone_id, _method_draft(), SOMEBODY), A.METHOD_ADD),
    "shipping_zones.change_method": (
        lambda app: (_post(app).method_id, _method_draft(), method_fields(_post(app)), SOMEBODY), A.METHOD_CHANGE,
    ),
    "shipping_zones.remove_method": (
        lambda app: (_post(app).method_id, method_fields(_post(app)), SOMEBODY), A.METHOD_REMOVE,
    ),
    "reports.set_reading": (lambda app: (_staff(app), True, SOMEBODY), A.REPORT_READING),
    "orders.record_return": (
        lambda app: (paid_order(app), [(1, 1, True)], "chipped", SOMEBODY, secrets.token_hex(8)), A.ORDER_RETURN,
    ),
    "payments.confirm": (lambda app: (placed_order(app), SOMEBODY), A.ORDER_CONFIRM),
    "payments.give_up": (lambda app: (placed_order(app), SOMEBODY), A.ORDER_GIVE_UP),
    "orders.cancel": (lambda app: (paid_order(app), "sold twice", SOMEBODY), A.ORDER_CANCEL),
    "fulfilment.ship": (lambda app: (paid_order(app), PARCEL, SOMEBODY, secrets.token_hex(8)), A.ORDER_SHIP),
    "fulfilment.deliver": (lambda app: (_shipped(app), SOMEBODY), A.ORDER_DELIVER),
    "fulfilment.hold": (lambda app: (paid_order(app), "no street", SOMEBODY), A.ORDER_HOLD),
    "fulfilment.release": (lambda app: (_held(app), SOMEBODY), A.ORDER_RELEASE),
    "fulfilment.note": (lambda app: (paid_order(app), "rang her", SOMEBODY, secrets.token_hex(8)), A.ORDER_NOTE),
    "fulfilment.set_tags": (lambda app: (paid_order(app), ["gift"], SOMEBODY), A.ORDER_TAGS),
    "fulfilment.edit_address": (lambda app: (*_moved(app), SOMEBODY), A.ORDER_ADDRESS),
    "notifications.resend": (lambda app: (failed_delivery(app, paid_order(app)), SOMEBODY), A.DELIVERY_RESEND),
    "notifications.send_receipt_again": (lambda app: (_with_receipt(app), SOMEBODY), A.DELIVERY_RESEND),
    "mail_events.lift": (lambda app: (blocked(app), SOMEBODY), A.ADDRESS_LIFT),
    "alerts.subscribe": (lambda app: (new_address(), SOMEBODY), A.ALERT_SUBSCRIBE),
    "alerts.unsubscribe": (lambda app: (SUBSCRIBED.subscription_id, SOMEBODY), A.ALERT_UNSUBSCRIBE),
    "reconcile.trust": (lambda app: (_differing(app), "ledger", SOMEBODY), A.BOOKS_MEND),
    "staff.invite": (lambda app: ("Ravi", new_address(), Role.OPS, SOMEBODY), A.STAFF_INVITE),
    "staff.make_staff": (lambda app: (_customer(app), Role.OPS, SOMEBODY), A.STAFF_ROLE),
    "staff.resend_invite": (lambda app: (_invited(app), SOMEBODY), A.STAFF_INVITE_AGAIN),
    "staff.change_role": (lambda app: (_staff(app), Role.ANALYST, SOMEBODY, Role.OPS), A.STAFF_ROLE),
    "staff.deactivate": (lambda app: (_staff(app), SOMEBODY), A.STAFF_DEACTIVATE),
    "staff.reactivate": (lambda app: (_staff(app, deactivated_at=func.now()), SOMEBODY), A.STAFF_REACTIVATE),
    "staff.reset_second_factor": (lambda app: (_with_factor(app), SOMEBODY), A.STAFF_SECOND_FACTOR),
    "staff.end_sessions": (lambda app: (_staff(app), SOMEBODY), A.STAFF_SESSIONS),
    "tokens.create": (lambda app: (app.people[Role.ADMIN], "robot", {Scope.METRICS}, None, SOMEBODY), A.MACHINE_CREATE),
    "tokens.revoke": (lambda app: (*_token(app), SOMEBODY), A.MACHINE_REVOKE),
}  # fmt: skip
# Callbacks of the admins' pages that change nothing that staff answer for.
READING = {
    "admin.audit.show",
    "admin.alerts.preview",
    "admin.mails.choose", "admin.mails.show",
    "admin.webhooks.ask", "admin.webhooks.edit", "admin.webhooks.name_form", "admin.webhooks.open_delivery",
    "admin.webhooks.show_log",
    "admin.discounts.ask_to_end", "admin.discounts.open_form",
    "admin.calendar.ask_to_remove",
    "admin.calendar.open_form",
    "admin.inventory.ask", "admin.inventory.change_pictures", "admin.inventory.forget_row",
    "admin.inventory.open_panel", "admin.inventory.show_threshold", "admin.several.look",
    "admin.notifications.open_message", "admin.notifications.show_as", "admin.notifications.show_list",
    "admin.notifications.show_subscriptions",
    "admin._order_payment.ask_about_payment", "admin.order.open_dialog", "admin.order.preview", "admin.orders.show",
    "admin.orders.offer_papers", "admin._order_work.open_work", "admin.receiving.find",
    "admin.replay.ask_to_apply",
    "admin.returns.show",
    "admin.settings.change_logo", "admin.settings.show_preview",
    "admin.shipping.ask_to_remove", "admin.shipping.open_form", "admin.shipping.show_preview",
    "admin.screens.edit", "admin.screens.show_mode",
    "admin.staff.ask", "admin.staff.open_panel",
}  # fmt: skip


def methods_with_an_actor(app: WiredApp) -> set[str]:
    return {
        f"{name}.{method}"
        for name, service in vars(app.services).items()
        if name != "audit"
        for method, function in inspect.getmembers(type(service), inspect.isfunction)
        if not method.startswith("_") and "actor" in inspect.signature(function).parameters
    }


def test_every_method_that_takes_an_actor_is_tried_below(wired_app: WiredApp):
    assert methods_with_an_actor(wired_app) == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_what_staff_change_is_in_the_log(wired_app: WiredApp, name: str):
    arguments, action = METHODS[name]
    service, _, method = name.partition(".")
    given = arguments(wired_app)
    known = count(wired_app)
    getattr(getattr(wired_app.services, service), method)(*given)
    assert count(wired_app) == known + 1
    entry = wired_app.services.audit.search(actor=SOMEBODY.name, limit=1).entries[0]
    assert (entry.action, entry.actor, entry.outcome) == (action, SOMEBODY, AuditOutcome.DONE)
    assert entry.target_id
    assert entry.target_name
    told = {*(entry.before or {}), *(entry.after or {})}
    assert told <= set(FIELDS), "say in components/admin/audit.py what these are"


def test_what_is_written_about_a_person_stays_out_of_the_log(wired_app: WiredApp):
    fulfilment, order_id = wired_app.services.fulfilment, paid_order(wired_app)
    fulfilment.hold(order_id, "Lovelace moved", SOMEBODY)
    fulfilment.release(order_id, SOMEBODY)
    fulfilment.set_tags(order_id, ["for lovelace"], SOMEBODY)
    fulfilment.note(order_id, "Lovelace rang", SOMEBODY, secrets.token_hex(8))
    shipment = fulfilment.ship(order_id, Parcel({1: 1}, "DHL", "JD01LOVELACE"), SOMEBODY, secrets.token_hex(8))
    fulfilment.deliver(shipment.shipment_id, SOMEBODY)
    entries = wired_app.services.audit.search(actor=SOMEBODY.name, limit=6).entries
    assert {entry.action for entry in entries} == {
        A.ORDER_HOLD, A.ORDER_RELEASE, A.ORDER_TAGS, A.ORDER_NOTE, A.ORDER_SHIP, A.ORDER_DELIVER,
    }  # fmt: skip
    assert "lovelace" not in str(entries).lower()


def count(app: WiredApp) -> int:
    return int(app.database.read(lambda c: c.execute(select(func.count()).select_from(audit_log)).scalar_one()))


MAIL = ("sender_name", "reply_to", "mail_footer")


def save_settings(admin: Admin) -> TestResponse:
    known = admin.app.services.shop_settings.values()
    seen = {name: known[name] for name in MAIL}
    return admin.press("admin.settings.save", new_address(), None, ["mail", *MAIL], seen, "mine", key="reply_to")


def _deliver(admin: Admin) -> TestResponse:
    shipment_id = _shipped(admin.app)
    order_id = admin.app.services.fulfilment._store.shipment(shipment_id).order_id
    return admin.press("admin._order_work.deliver", order_id, key=shipment_id)


def _edit_address(admin: Admin) -> TestResponse:
    order_id, seen, moved = _moved(admin.app)
    return admin.press("admin._order_work.save_address", moved.line1, asdict(seen), order_id, key="line1")


DOOR = ("Door", ["today"], "20", False, True, False, "", "")


def _buyer(app: WiredApp) -> int:
    return add_people(app.database, 1, f"embassy{secrets.token_hex(3)}")[0].user_id


CHANGING: dict[str, Callable[[Admin], TestResponse]] = {
    "admin.screens.save": lambda admin: admin.press("admin.screens.save", None, _code(admin.app), *DOOR, None, None),
    "admin.screens.revoke": lambda admin: admin.press("admin.screens.revoke", key=_paired(admin.app)),
    "admin.overview.note_event": lambda admin: admin.press(
        "admin.overview.note_event", "2026-11-01", "promotion", "20 % off"
    ),
    "admin.overview.forget_event": lambda admin: admin.press("admin.overview.forget_event", key=_noted(admin.app)),
    "admin.customer.save_tax": lambda admin: admin.press(
        "admin.customer.save_tax", "Embassy", [_buyer(admin.app), ""]
    ),
    "admin.calendar.save_entry": lambda admin: admin.press(
        "admin.calendar.save_entry", "promotion", "2026-11-27", "2026-11-30", "Black Friday", "250", "", None, None,
        ["month", ""], None,
    ),
    "admin.calendar.remove_entry": lambda admin: admin.press(
        "admin.calendar.remove_entry", _planned(admin.app), SALE.values(), ["month", ""]
    ),
    "admin.calendar.change_countries": lambda admin: admin.press(
        "admin.calendar.change_countries", None, ["month", ""], key=_country(admin.app), changed=1
    ),
    "admin.replay.apply_policy": lambda admin: admin.press("admin.replay.apply_policy", _replayed(admin.app)),
    "admin.discounts.save": lambda admin: admin.press(
        "admin.discounts.save", f"C{secrets.token_hex(6)}", "percent", "10", "*", "", [], "", "", "", None, None, None
    ),
    "admin.discounts.end": lambda admin: admin.press(
        "admin.discounts.end", _discount(admin.app), _code_fields(admin.app)
    ),
    "admin.goals.save_week": lambda admin: admin.press(
        "admin.goals.save_week", *[str(_fresh_goal())] * 7, seen_goals(admin.app), None
    ),
    "admin.goals.save_day": lambda admin: admin.press(
        "admin.goals.save_day", admin.app.services.formats.today().isoformat(), str(_fresh_goal()),
        admin.app.services.goals.goals().days,
    ),
    "admin.inventory.save_stock": lambda admin: admin.press(
        "admin.inventory.save_stock", "receive", 5, "", lamp(admin.app), secrets.token_hex(8)
    ),
    "admin.inventory.save_details": lambda admin: save_details(
        admin, lamp(admin.app), "Mug", "199.00", None, 0, "Kitchen", "", "rule", None
    ),
    "admin.inventory.save_plan": lambda admin: admin.press(
        "admin.inventory.save_plan", 10, 7, "95", "", 1, "", "", lamp(admin.app), None, None
    ),
    "admin.settings.save": save_settings,
    "admin.several.apply": lambda admin: admin.press("admin.several.apply", _looked_at(admin.app)),
    "admin.shipping.save": lambda admin: admin.press(
        "admin.shipping.save", f"Zone {secrets.token_hex(4)}", None, ["TV"], ["zone", 0, 0, 0], None, None, key="name"
    ),
    "admin.shipping.remove": lambda admin: admin.press(
        "admin.shipping.remove", ["method", _post(admin.app).method_id, 0, 0], method_fields(_post(admin.app))
    ),
    "admin.reorder_settings.save": lambda admin: admin.press(
        "admin.reorder_settings.save", secrets.randbelow(28), 7, "95", 1, _shop_rule(admin.app), key="shop:"
    ),
    "admin.alerts.add": lambda admin: admin.press("admin.alerts.add", "Dry", "gross", "below", "5", "24h", "none"),
    "admin.mails.save": lambda admin: admin.press(
        "admin.mails.save", secrets.token_hex(4), "", "", "refund", "hi", _seen_texts(admin.app, "refund", "hi"), None
    ),
    "admin.webhooks.save": lambda admin: admin.press(
        "admin.webhooks.save", None, f"Books {secrets.token_hex(3)}", HOOK, "signed", ["order.paid"]
    ),
    "admin.webhooks.act": lambda admin: admin.press("admin.webhooks.act", key=f"{_hook(admin.app)}:off", changed=1),
    "admin.webhooks.do": lambda admin: admin.press("admin.webhooks.do", f"rotate:{_hook(admin.app)}"),
    "admin.webhooks.replay": lambda admin: admin.press(
        "admin.webhooks.replay", "any", "all", [], key=_given_up(admin.app).delivery_id
    ),
    "admin.webhooks.replay_failed": lambda admin: admin.press(
        "admin.webhooks.replay_failed", "2026-01-01", str(_given_up(admin.app).endpoint_id), "all"
    ),
    "admin.alerts.change": lambda admin: admin.press("admin.alerts.change", key=f"{_rule(admin.app)}:off"),
    "admin.alerts.acknowledge": lambda admin: admin.press("admin.alerts.acknowledge", key=_rule_episode(admin.app)),
    "admin.inventory.change_status": lambda admin: admin.press(
        "admin.inventory.change_status", "Take out", lamp(admin.app)
    ),
    "admin._order_payment.decide_payment": lambda admin: admin.press(
        "admin._order_payment.decide_payment", "paid", placed_order(admin.app)
    ),
    "admin.order.record": lambda admin: admin.press(
        "admin.order.record", 1, True, "chipped", paid_order(admin.app), secrets.token_hex(8)
    ),
    "admin.order.send_receipt_again": lambda admin: admin.press(
        "admin.order.send_receipt_again", _with_receipt(admin.app).order_id
    ),
    "admin._order_work.ship": lambda admin: admin.press(
        "admin._order_work.ship", 1, "DHL", "JD01", paid_order(admin.app), secrets.token_hex(8), key=1
    ),
    "admin._order_work.deliver": lambda admin: _deliver(admin),
    "admin._order_work.hold": lambda admin: admin.press("admin._order_work.hold", "no street", paid_order(admin.app)),
    "admin._order_work.release": lambda admin: admin.press("admin._order_work.release", _held(admin.app)),
    "admin._order_work.cancel_order": lambda admin: admin.press(
        "admin._order_work.cancel_order", "sold twice", paid_order(admin.app)
    ),
    "admin._order_work.add_note": lambda admin: admin.press(
        "admin._order_work.add_note", "rang her", True, paid_order(admin.app), secrets.token_hex(8)
    ),
    "admin._order_work.save_tags": lambda admin: admin.press(
        "admin._order_work.save_tags", "Gift, fragile", paid_order(admin.app)
    ),
    "admin._order_work.save_address": lambda admin: _edit_address(admin),
    "admin.receiving.save": lambda admin: admin.press(
        "admin.receiving.save", "receive", "5", "", lamp(admin.app), secrets.token_hex(8)
    ),
    "admin.notifications.resend": lambda admin: admin.press(
        "admin.notifications.resend", key=failed_delivery(admin.app, paid_order(admin.app))
    ),
    "admin.notifications.subscribe": lambda admin: admin.press("admin.notifications.subscribe", new_address()),
    "admin.notifications.unsubscribe": lambda admin: admin.press(
        "admin.notifications.unsubscribe", key=SUBSCRIBED.subscription_id
    ),
    "admin.notifications.lift": lambda admin: admin.press("admin.notifications.lift", key=blocked(admin.app)),
    "admin.staff.do": lambda admin: admin.press(
        "admin.staff.do", {"action": "deactivate", "role": None, "person": admin.person().user_id}
    ),
    "admin.staff.invite": lambda admin: admin.press("admin.staff.invite", "Ravi", new_address(), "ops"),
    "admin.staff.promote": lambda admin: admin.press(
        "admin.staff.promote", admin.person(Role.CUSTOMER).email, "ops"
    ),
}  # fmt: skip


def test_every_callback_of_an_admin_page_is_known_to_change_or_only_to_read(admin: Admin):
    callback_map(admin.client)
    mine = {
        f"{function_of(entry).__module__.removeprefix('pages.')}.{function_of(entry).__name__}"
        for entry in callback_map(admin.client).values()
        if function_of(entry).__module__.startswith("pages.admin.")
    }
    guarded = {
        guard.function
        for guard in CALLBACKS
        if guard.access in (Access.ADMIN, Access.NOTES, Access.SCREENS, Access.FULFIL)
    }
    assert guarded == {name.rpartition(".")[2] for name in READING | set(CHANGING)}
    assert READING | set(CHANGING) <= mine


@pytest.mark.parametrize("name", CHANGING)
def test_a_callback_that_changes_something_says_who_and_from_where(admin: Admin, name: str):
    answer = CHANGING[name](admin)
    assert answer.status_code == 200, answer.text
    entry = admin.entries()[-1]
    assert (entry.actor.user_id, entry.actor.address, entry.actor.via) == (admin.user.user_id, "127.0.0.1", "page")
    assert entry.outcome is AuditOutcome.DONE


def test_a_double_click_on_a_stock_edit_is_one_entry(admin: Admin):
    product, edit = lamp(admin.app), secrets.token_hex(8)
    for _ in range(2):
        admin.press("admin.inventory.save_stock", "receive", 5, "", product, edit)
    assert [entry.action for entry in admin.entries()] == ["stock.receive"]


def test_saving_what_is_already_so_is_no_change(admin: Admin):
    built = admin.app.services
    product = add_product(built, "Same", 100, 1)
    built.inventory.edit_product(
        product.product_id, ProductDraft("Same", 100, "Kitchen", threshold=2), SOMEBODY, edited_fields(product)
    )
    assert built.audit.search(target=("product", product.product_id), action="product.edit").entries == ()
