"""Every Dash callback is an open door of HTTP: whatever comes in, it never breaks, and rubbish changes nothing."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import MAY, Role
from app.stores.sql.tables import orders
from app.web.page import PAGES
from tests.support.dash_calls import callback_map, function_of, guard_of, payload
from tests.support.hostile import RUBBISH, Forms, foreign, structures
from tests.support.world import EVERYONE, World, served_world

CART = {"carts", "cart_lines"}
ACCOUNT = {"users", "account_links", "outbox"}
OWN = ACCOUNT | {"audit_log", "recovery_codes", "api_tokens", "sessions"}
STOCK = {"stock_edits", "stock_levels", "stock_marks", "stock_movements", "products", "outbox", "audit_log"}

# Callbacks in which a hostile value may happen to be a right one: what they may write then, and why it is right.
WRITERS: dict[str, tuple[set[str], str]] = {
    "admin.inventory.save_details": (STOCK, "any text is a name or a description; 1 is a price"),
    "admin.inventory.save_stock": (STOCK, "any text is a note; 1 is a number of units"),
    "admin.inventory.save_plan": ({"reorder_plans", "units_on_order", "audit_log"}, "1 is a number of days"),
    "admin.several.look": ({"bulk_edits"}, "what is looked at is kept for a while"),
    "admin.reorder_settings.save": ({"reorder_defaults", "audit_log"}, "1 is a number of days"),
    "admin.goals.save_week": ({"day_goals", "audit_log"}, "1 is an amount"),
    "admin.goals.save_day": ({"day_goals", "audit_log"}, "1 is an amount"),
    "admin.mails.save": ({"shop_settings", "audit_log"}, "any text is a text of a mail"),
    "admin.settings.save": ({"shop_settings", "audit_log"}, "any text is a name"),
    "admin.screens.revoke": ({"screens", "audit_log"}, "1 is the number of a screen"),
    "admin.alerts.add": ({"alert_rules", "audit_log"}, "any text is the name of a rule"),
    "admin.alerts.change": ({"alert_rules", "alert_episodes", "audit_log"}, "1 is the number of a rule"),
    "admin.alerts.acknowledge": ({"alert_episodes", "audit_log"}, "1 is the number of an episode"),
    "admin.overview.switch_report": ({"report_readers", "audit_log"}, "a click switches one's own report"),
    "admin.calendar.save_entry": ({"events", "audit_log"}, "any text is an event"),
    "admin.calendar.remove_entry": ({"events", "audit_log"}, "1 is the number of an event"),
    "admin.overview.note_event": ({"events", "audit_log"}, "any text is an event"),
    "admin.overview.forget_event": ({"events", "audit_log"}, "1 is the number of an event"),
    "admin.order.send_receipt_again": ({"outbox", "audit_log"}, "1 is the id of an order"),
    "admin.notifications.open_message": ({"mailbox"}, "what was opened is marked as read"),
    "admin.notifications.resend": ({"outbox", "audit_log"}, "1 is the number of a delivery"),
    "shop._order_actions.buy_again": (CART, "1 is the id of an order"),
    "shop._order_actions.cancel": (
        {"returns", "return_lines", "return_taxes", "order_lines", "orders", "demo_refunds", "outbox", "audit_log"}
        | {"stock_edits", "stock_levels", "stock_marks", "stock_movements", "products"},
        "1 is the id of an order",
    ),
    "admin.order.record": (
        {"returns", "return_lines", "order_lines", "orders", "demo_refunds", "outbox", "audit_log"},
        "any text is a reason for a return",
    ),
    "admin._order_work.ship": (
        {"shipments", "shipment_lines", "orders", "outbox", "audit_log"},
        "any text is a carrier; 1 is a number of units",
    ),
    "admin._order_work.deliver": ({"shipments", "orders", "outbox", "audit_log"}, "1 is the number of a shipment"),
    "admin._order_work.hold": ({"order_steps", "orders", "audit_log"}, "any text is a reason"),
    "admin._order_work.release": ({"order_steps", "orders", "audit_log"}, "1 is the id of an order"),
    "admin._order_work.cancel_order": (
        {"returns", "return_lines", "order_lines", "orders", "demo_refunds", "stock_movements", "outbox", "audit_log"},
        "any text is a reason",
    ),
    "admin._order_work.add_note": ({"order_steps", "audit_log"}, "any text is a note"),
    "admin._order_work.save_tags": ({"order_steps", "order_tags", "audit_log"}, "any text is a tag"),
    "admin._order_work.save_address": ({"order_steps", "orders", "audit_log"}, "any text is an address"),
    "admin.receiving.save": (STOCK, "any text is a note; 1 is a number of units"),
    "shop.cart.write_quantity": (CART, "1 is a quantity for one's own cart"),
    "shop.cart.write_late": (CART, "1 is a quantity for one's own cart"),
    "shop.product.add_to_cart": (CART, "1 is a quantity for one's own cart"),
    "shop.checkout.pay": (
        CART
        | {"cart_takes", "demo_charges", "order_lines", "orders", "outbox", "payments", "products"}
        | {"reservation_lines", "reservations", "stock_levels", "stock_movements"},
        "any text is an address; one's own cart is paid with the test card of the form",
    ),
    "account.forgot.ask": ({"outbox"}, "any address may be one; the worker looks whether there is an account"),
    "account.login.enter": ({"audit_log"}, "a wrong password is written down"),
    "account.login.leave": ({"audit_log", "sessions"}, "a click ends one's own session"),
    "account.profile.save_name": (OWN, "any text is one's own name"),
    "account.profile.resend": (OWN, "a click asks for another link"),
    "account.profile.change_email": (OWN, "with the right password another address may be one's own"),
    "account.profile.close": (OWN | CART | {"orders"}, "with the right password one's own account is closed"),
    "account.security.change_password": (OWN, "with the right password other words are a password"),
    "account.security.sign_out_others": (OWN, "a click ends one's own other sessions"),
    "account._second_factor.begin": (OWN, "with the right password one's own second factor is set up"),
    "account._second_factor.enable": (OWN, "a code for one's own second factor"),
    "account._second_factor.leave_setup": (OWN, "a click leaves what was begun"),
    "account._second_factor.turn_off": (OWN, "with the right password one's own second factor is turned off"),
    "account._second_factor.new_codes": (OWN, "with the right password one's own recovery codes are made anew"),
    "account._api_tokens.make": (OWN, "with the right password any text is the name of one's own token"),
    "admin.staff.invite": (ACCOUNT | {"audit_log"}, "any text is the name of somebody invited"),
    "admin.staff.do": (ACCOUNT | {"audit_log"}, "a number may be somebody's on the staff"),
    "admin.staff.promote": (ACCOUNT | {"audit_log"}, "the owner's address is an account's"),
    "account.register.create": (
        ACCOUNT | CART | {"orders", "sessions"},
        "any text is a name; who registers is signed in, and the guest's cart and orders come along",
    ),
}

# Pages that count attempts: while they refuse to look at one, nothing is proved.
THROTTLED = {
    "account.profile", "account.security", "account._second_factor", "account._api_tokens", "account.login",
    "account.login_code", "account.register",
}  # fmt: skip

Entry = dict[str, Any]


@pytest.fixture(scope="module")
def world(built_app, tmp_path_factory) -> Iterator[World]:
    with served_world(built_app, tmp_path_factory.mktemp("hostile")) as made:
        yield made


@pytest.fixture(scope="module")
def entries(world) -> dict[str, Entry]:
    """The callbacks of pages, by output; the router, which serves them all, has tests of its own."""
    found = callback_map(world.server.test_client())
    return {output: entry for output, entry in found.items() if guard_of(entry) is not None}


@pytest.fixture(scope="module")
def forms(world) -> Forms:
    product, order = world.product.product_id, str(world.order.order_id)
    paths = [
        ((page.path or page.path_template).replace("<product_id>", product).replace("<order_id>", order), "")
        for page in PAGES.values()
    ]
    panels = [("/admin/inventory", f"?product={product}&do={tab}") for tab in ("stock", "details", "ledger")]
    admin = world.client(world.people[Role.ADMIN])
    admin.post("/api/cart", json={"id": product})
    return Forms(admin, [*paths, *panels, ("/admin/inventory", "?do=add")])


class Caller:
    """Posts to callbacks as somebody, and keeps count of what came back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.answers: Counter[int] = Counter()
        self.broken: list[str] = []

    def __call__(self, role: Role | None, cookie: str, body: Any, what: str) -> int:
        client = self._world.server.test_client(use_cookies=False)
        answer = client.post("/_dash-update-component", json=body, headers={"Cookie": cookie})
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            self.broken.append(f"{what} as {role}: {answer.status_code} {answer.text[:200]} for {str(body)[:600]}")
        return answer.status_code


def name_of(entry: Entry) -> str:
    function = function_of(entry)
    return f"{function.__module__.removeprefix('pages.')}.{function.__qualname__}"


def width(entry: Entry) -> int:
    return len(entry["inputs"]) + len(entry["state"])


def everywhere(world: World, forms: Forms, output: str, entry: Entry) -> list[Any]:
    """The same rubbish in every field, whatever set it off."""
    triggers = [None, *range(len(entry["inputs"]))]
    return [
        payload(output, entry, [value] * width(entry), triggers[number % len(triggers)], forms.key(wildcards(entry)))
        for number, value in enumerate((*RUBBISH, *foreign(world)))
    ]


def in_one_field(world: World, forms: Forms, output: str, entry: Entry, every: int) -> list[Any]:
    """A form filled in as people do, with rubbish in one field after the other; then as no form ever is.

    Only each `every`th of them, and others in each field.
    """
    declared = [*entry["inputs"], *entry["state"]]
    filled = [forms.value(one["id"], one["property"]) for one in declared]
    wild, values = wildcards(entry), (*RUBBISH, *foreign(world))
    key, found = forms.key(wild), []
    for place in range(width(entry)):
        chosen = values[place % every :: every]
        found += [payload(output, entry, [*filled[:place], one, *filled[place + 1 :]], 0, key) for one in chosen]
    if wild:
        found += [payload(output, entry, filled, 0, one) for one in values if isinstance(one, str | int | float)]
    shapes = list(structures(payload(output, entry, filled, 0, key)))
    return found + shapes[len(output) % every :: every]


def wildcards(entry: Entry) -> str:
    """The id of an input that stands for many, or ""."""
    return next((one["id"] for one in (*entry["inputs"], *entry["state"]) if "[" in one["id"]), "")


def requests_as(world: World, forms: Forms, role: Role | None, output: str, entry: Entry, every: int) -> list[Any]:
    """Rubbish in every field from everybody: a share of it from each where several may call it, some from whoever may
    not, who is refused before a value is looked at. What lies behind the first check is shared out."""
    may = [one for one in EVERYONE if one in MAY[guard_of(entry).access]]
    rubbish = everywhere(world, forms, output, entry)
    if role not in may:
        return rubbish[:: 5 if every == 1 else 15]
    share = min(3, len(may)) if every > 1 else 1
    found = rubbish[may.index(role) % share :: share]
    deep = [one for one in (None, Role.CUSTOMER, Role.ADMIN) if one in may]
    if role in deep:
        found = found + in_one_field(world, forms, output, entry, every)[deep.index(role) :: len(deep)]
    return found


# What somebody who packs may write about any order: rows, and columns of the order itself.
WORK = {"order_steps", "order_tags", "shipments", "order_words"}
OF_WORK = {name for name in map(str, orders.c.keys()) if name.startswith("ship_")} | {
    "fulfilment", "open_since", "hold", "plain_name", "search_name", "search_words",
}  # fmt: skip


def theirs(world: World, role: Role | None) -> list[Any]:
    """What is the owner's and none of this role's business."""
    rows = world.holdings()
    if role is not Role.FULFILMENT:
        return rows
    kept = [number for number, name in enumerate(orders.c.keys(), 1) if name not in OF_WORK]
    return [[row[n] for n in kept] if row[0] == "orders" else row for row in rows if row[0] not in WORK]


def touched(world: World, role: Role | None, run: Callable[[], object]) -> set[str]:
    """The tables that `run` changed. What is the owner's, only an admin may change; who packs works at orders."""
    before, own = world.tables(), theirs(world, role)
    run()
    after = world.tables()
    assert role is Role.ADMIN or theirs(world, role) == own, f"{role} changed what belongs to somebody else"
    return {name for name, digest in after.items() if digest != before[name]}


def feed_all(world: World, entries: dict[str, Entry], forms: Forms, every: int) -> str:
    """What was proved, in words; fails on a request that broke a callback or changed what it may not."""
    caller, changed = Caller(world), {}
    for (output, entry), role in itertools.product(entries.items(), EVERYONE):
        name, may = name_of(entry), role in MAY[guard_of(entry).access]
        requests = requests_as(world, forms, role, output, entry, every)
        cookie = world.cookie(role)

        def run(role=role, requests=requests, cookie=cookie, may=may, name=name) -> None:
            for number, body in enumerate(requests):
                if number % 8 == 0 and name.rpartition(".")[0] in THROTTLED:
                    world.forget_attempts()
                status = caller(role, cookie, body, name)
                if status == 401 and may and role:  # such as after "sign out everywhere"
                    cookie = world.cookie(role)

        allowed, _why = WRITERS.get(name, (set(), ""))
        tables = touched(world, role, run) - (allowed if may else set())
        if tables:
            changed[f"{name} as {role}"] = sorted(tables)
    assert not caller.broken, f"{len(caller.broken)} broken:\n" + "\n".join(caller.broken[:20])
    assert not changed, "\n".join(f"{who}: {tables}" for who, tables in changed.items())
    answers = ", ".join(f"{count} with {status}" for status, count in sorted(caller.answers.items()))
    requests = sum(caller.answers.values())
    return f"{len(entries)} callbacks x {len(EVERYONE)} roles: {requests} hostile requests, answered {answers}"


@pytest.mark.timeout(400)
def test_no_callback_breaks_and_rubbish_changes_nothing(world, entries, forms, record_property):
    record_property("proved", feed_all(world, entries, forms, every=18))


def test_a_number_that_no_column_holds_names_nothing_on_any_page_of_the_back_office(world, entries, forms):
    beyond = "9" * 19  # digits that a number may have, and still more than 64 bits: bare, it is refused before any page
    caller, cookie = Caller(world), world.cookie(Role.ADMIN)
    for output, entry in entries.items():
        if not name_of(entry).startswith("admin."):
            continue
        declared, wild = [*entry["inputs"], *entry["state"]], wildcards(entry)
        filled = [forms.value(one["id"], one["property"]) for one in declared]
        clicked = [1 if one["property"] == "n_clicks" else value for one, value in zip(declared, filled, strict=True)]
        bodies = [
            payload(output, entry, [*clicked[:place], beyond, *clicked[place + 1 :]], 0, forms.key(wild))
            for place, one in enumerate(declared)
            if one["property"] == "data"
        ]
        bodies += [payload(output, entry, clicked, 0, key) for key in (beyond, f"{beyond}:x") if wild]
        for body in bodies:
            if caller(Role.ADMIN, cookie, body, name_of(entry)) == 401:
                cookie = world.cookie(Role.ADMIN)
    assert not caller.broken, f"{len(caller.broken)} broken:\n" + "\n".join(caller.broken[:20])
    assert sum(caller.answers.values()) > 50


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_no_callback_breaks_on_any_of_the_rubbish_in_any_field(world, entries, forms, record_property):
    record_property("proved", feed_all(world, entries, forms, every=1))


def test_the_list_of_writers_names_callbacks_that_exist(entries):
    assert set(WRITERS) <= {name_of(entry) for entry in entries.values()}


# --- and what nobody thought of -------------------------------------------------------------------------------

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from([value for value in RUBBISH if isinstance(value, str)])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def check_any_values(world: World, entries: dict[str, Entry], data: st.DataObject) -> None:
    output = data.draw(st.sampled_from(sorted(entries)))
    entry, role = entries[output], data.draw(st.sampled_from(EVERYONE))
    values = [data.draw(JSON) for _ in range(width(entry))]
    body = payload(output, entry, values, data.draw(st.sampled_from([None, *range(len(entry["inputs"]))])))
    caller = Caller(world)
    caller(role, world.cookie(role), body, name_of(entry))
    assert not caller.broken, caller.broken


def test_any_json_is_survived(world, entries):
    @settings(max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        check_any_values(world, entries, data)

    own = world.holdings()
    check()
    assert world.holdings() == own


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_any_json_is_survived_for_long(world, entries):
    examples = int(os.environ.get("SOAK_EXAMPLES", "20000"))

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        check_any_values(world, entries, data)

    own = world.holdings()
    check()
    assert world.holdings() == own
