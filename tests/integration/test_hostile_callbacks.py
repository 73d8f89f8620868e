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
from app.page import PAGES
from app.services import install
from tests.integration.dash_calls import callback_map, function_of, guard_of, payload
from tests.integration.hostile import RUBBISH, Forms, foreign, structures
from tests.integration.world import EVERYONE, World, build_world

CART = {"carts", "cart_lines"}
ACCOUNT = {"users", "account_links", "outbox"}
STOCK = {"stock_edits", "stock_levels", "stock_marks", "stock_movements", "products", "outbox", "audit_log"}

# Callbacks in which a hostile value may happen to be a right one: what they may write then, and why it is right.
WRITERS: dict[str, tuple[set[str], str]] = {
    "admin_inventory.save_details": (STOCK, "any text is a name or a description; 1 is a price"),
    "admin_inventory.save_stock": (STOCK, "any text is a note; 1 is a number of units"),
    "admin_notifications.open_message": ({"mailbox"}, "what was opened is marked as read"),
    "admin_notifications.resend": ({"outbox", "audit_log"}, "1 is the number of a delivery"),
    "admin_order.record": (
        {"returns", "return_lines", "order_lines", "orders", "demo_refunds", "outbox", "audit_log"},
        "any text is a reason for a return",
    ),
    "cart.write_quantity": (CART, "1 is a quantity for one's own cart"),
    "product.add_to_cart": (CART, "1 is a quantity for one's own cart"),
    "checkout.pay": (
        CART
        | {"cart_takes", "demo_charges", "order_lines", "orders", "outbox", "payments", "products"}
        | {"reservation_lines", "reservations", "stock_levels", "stock_movements"},
        "any text is an address; one's own cart is paid with the test card of the form",
    ),
    "register.create": (ACCOUNT | CART | {"orders"}, "any text is a name; the guest's cart and orders come along"),
}

Entry = dict[str, Any]


@pytest.fixture(scope="module")
def world(built_app, tmp_path_factory) -> Iterator[World]:
    made = build_world(built_app.server, tmp_path_factory.mktemp("hostile"))
    yield made
    made.services.live.close()
    made.database.dispose()
    install(built_app.services)


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


def everywhere(world: World, forms: Forms, output: str, entry: Entry) -> Iterator[Any]:
    """The same rubbish in every field, whatever set it off."""
    for number, value in enumerate((*RUBBISH, *foreign(world))):
        changed = [None, *range(len(entry["inputs"]))][number % (1 + len(entry["inputs"]))]
        yield payload(output, entry, [value] * width(entry), changed, forms.key(wildcards(entry)))


def in_one_field(world: World, forms: Forms, output: str, entry: Entry) -> Iterator[Any]:
    """A form filled in as people do, with rubbish in one field after the other; then as no form ever is."""
    declared = [*entry["inputs"], *entry["state"]]
    filled = [forms.value(one["id"], one["property"]) for one in declared]
    wild, values = wildcards(entry), (*RUBBISH, *foreign(world))
    key = forms.key(wild)
    for place, value in itertools.product(range(width(entry)), values):
        yield payload(output, entry, [*filled[:place], value, *filled[place + 1 :]], 0, key)
    if wild:
        for value in values:
            if isinstance(value, str | int | float):
                yield payload(output, entry, filled, 0, value)
    yield from structures(payload(output, entry, filled, 0, key))


def wildcards(entry: Entry) -> str:
    """The id of an input that stands for many, or ""."""
    return next((one["id"] for one in (*entry["inputs"], *entry["state"]) if "[" in one["id"]), "")


def requests_as(world: World, forms: Forms, role: Role | None, output: str, entry: Entry) -> list[Any]:
    """Whoever may call it sends all rubbish, the others some of it: they are refused before a value is looked at.
    What lies behind the first check is shared out among those who may come there."""
    found = list(everywhere(world, forms, output, entry))
    if role not in MAY[guard_of(entry).access]:
        return found[::5]
    deep = [one for one in (None, Role.CUSTOMER, Role.ADMIN) if one in MAY[guard_of(entry).access]]
    if role in deep:
        found += list(in_one_field(world, forms, output, entry))[deep.index(role) :: len(deep)]
    return found


def touched(world: World, role: Role | None, run: Callable[[], object]) -> set[str]:
    """The tables that `run` changed. What is the owner's, only an admin may change."""
    before, own = world.tables(), world.holdings()
    run()
    after = world.tables()
    assert role is Role.ADMIN or world.holdings() == own, f"{role} changed what belongs to somebody else"
    return {name for name, digest in after.items() if digest != before[name]}


def test_no_callback_breaks_and_rubbish_changes_nothing(world, entries, forms, record_property):
    caller, changed = Caller(world), {}
    for (output, entry), role in itertools.product(entries.items(), EVERYONE):
        may = role in MAY[guard_of(entry).access]
        requests = requests_as(world, forms, role, output, entry)
        cookie = world.cookie(role)

        def run(role=role, requests=requests, cookie=cookie, may=may, entry=entry) -> None:
            for body in requests:
                status = caller(role, cookie, body, name_of(entry))
                if status == 401 and may and role:  # such as after "sign out everywhere"
                    cookie = world.cookie(role)

        allowed, _why = WRITERS.get(name_of(entry), (set(), ""))
        tables = touched(world, role, run) - (allowed if may else set())
        if tables:
            changed[f"{name_of(entry)} as {role}"] = sorted(tables)
    record_property(
        "proved",
        f"{len(entries)} callbacks x {len(EVERYONE)} roles: {sum(caller.answers.values())} hostile requests "
        f"({', '.join(f'{status}: {count}' for status, count in sorted(caller.answers.items()))})",
    )
    assert not caller.broken, f"{len(caller.broken)} broken:\n" + "\n".join(caller.broken[:20])
    assert not changed, "\n".join(f"{who}: {tables}" for who, tables in changed.items())


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
