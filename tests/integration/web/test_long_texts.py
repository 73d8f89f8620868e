"""Every text field of the API and of callbacks, fed with the text that takes longest to compose, and much of it."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.domain import MAY, Role, Scope
from app.stores.sql.tables import metadata
from app.web.page import PAGES
from tests.support.dash_calls import ROUTER, callback_map, guard_of, payload
from tests.support.hostile import Forms
from tests.support.world import World, served_world

DISPATCH = "/_dash-update-component"
MARK = "@@the text@@"  # stands in a body where the text goes
AS_MUCH_AS_FITS = 20_000  # characters: with their marks nearly all that the body of a callback may hold
MEGABYTE = 1024 * 1024
SIZES = (AS_MUCH_AS_FITS, MEGABYTE)

# What a text may take: so many times what a plain one of its length takes, and what a machine with others on it adds.
TIMES = 5
SPARE_SECONDS = 0.05


def worst(length: int) -> str:
    """A letter and marks in the order that makes composing them take the square of their number."""
    return ("a" + "\u0315\u0300" * (length // 2))[:length]


@pytest.fixture(scope="module")
def world(built_app, tmp_path_factory) -> Iterator[World]:
    with served_world(built_app, tmp_path_factory.mktemp("long-texts")) as made:
        yield made


@pytest.fixture(scope="module")
def forms(world) -> Forms:
    product, order = world.product.product_id, str(world.order.order_id)
    paths = [
        ((page.path or page.path_template).replace("<product_id>", product).replace("<order_id>", order), "")
        for page in PAGES.values()
    ]
    panels = [("/admin/inventory", f"?product={product}&do={tab}") for tab in ("stock", "details", "ledger")]
    return Forms(world.client(world.people[Role.ADMIN]), [*paths, *panels, ("/admin/inventory", "?do=add")])


# --- where texts go ---------------------------------------------------------------------------------------------


def filled(world: World, forms: Forms, trigger: str, component: str, prop: str) -> Any:
    """What stands in the other fields, so that it is the text that is wrong."""
    if component.endswith("token-scopes"):
        return [Scope.SHOP.value]
    if component == "admin-inventory-editing":  # the form for products has a new one, that for stock an old one
        return None if trigger == "admin-inventory-save" else world.product.product_id
    if component.startswith("admin-discounts-"):  # a new code of ten per cent
        fixed = {"value": "10", "code": None}
        if (name := component.removeprefix("admin-discounts-")) in fixed:
            return fixed[name]
    value = forms.value(component, prop)
    return str(value) if component in forms.texts and isinstance(value, int) else value


def callback_fields(world: World, forms: Forms) -> Iterator[tuple[str, str, int | None, Role | None, str]]:
    """(function, field, its limit, who sends it, the body with MARK in the field): every value of every callback."""
    for output, entry in callback_map(world.server.test_client()).items():
        guard = guard_of(entry)
        admitted = [role for role in (None, Role.ADMIN) if output == ROUTER or role in MAY[guard.access]]
        declared = [*entry["inputs"], *entry["state"]]
        values = [filled(world, forms, declared[0]["id"], one["id"], one["property"]) for one in declared]
        wild = next((one["id"] for one in declared if "[" in one["id"]), "")
        for place, one in enumerate(declared):
            typed = [*values[:place], MARK, *values[place + 1 :]]
            if output == ROUTER:
                typed = ["/" + MARK, ""] if place == 0 else ["/", "?q=" + MARK]
            # Where each field has a place for what is wrong with it, the place is named as the field is.
            key = one["id"].rpartition("-")[2] if '["ALL"]' in output else forms.key(wild)
            body = json.dumps(payload(output, entry, typed, 0, key))
            for role in admitted:
                name = f"{guard.page if guard else 'router'}: {one['id']}.{one['property']}"
                yield name, one["id"], forms.texts.get(one["id"]), role, body


def api_fields(world: World) -> Iterator[tuple[str, str, int | None, str, str, str]]:
    """(call, field, its limit, method, path, the body with MARK in the field): every text of every JSON body."""
    document = world.server.test_client().get("/api/openapi.json").json
    for path, item in document["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            for where, limit in texts_in(document, content["schema"]):
                body = copy.deepcopy(content["example"])
                inner = body
                for name in where[:-1]:
                    inner = inner.setdefault(name, {})
                inner[where[-1]] = MARK
                yield f"{method} {path}", ".".join(where), limit, method, path, json.dumps(body)


def texts_in(document: Any, schema: Any) -> Iterator[tuple[tuple[str, ...], int | None]]:
    """The places of a body where free text is taken, and how much."""
    for name, declared in resolved(document, schema).get("properties", {}).items():
        for option in declared.get("anyOf", [declared]):
            option = resolved(document, option)
            if option.get("type") == "object":
                yield from (((name, *rest), limit) for rest, limit in texts_in(document, option))
            elif option.get("type") == "string" and not option.keys() & {"enum", "const", "pattern"}:
                yield (name,), option.get("maxLength")


def resolved(document: Any, schema: Any) -> Any:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


# --- what they take ---------------------------------------------------------------------------------------------


def too_slow(send: Callable[[str], tuple[float, int]], length: int) -> str:
    """What to say of a field that takes the worst text of `length` far longer than a plain one; "" for a good one."""
    for _ in range(3):  # whatever else the process does counts too: only what is slow each time is slow
        taken, status = send(worst(length))
        if status >= 500:
            return f"answered {status}"
        if taken <= SPARE_SECONDS:
            return ""
        plain, _ = send("a" * length)
        if taken <= TIMES * plain + SPARE_SECONDS:
            return ""
    return f"{taken:.2f} s for {length:,} characters, {plain:.3f} s for plain ones"


def poster(world: World, path: str, method: str, body: str, cookie: str) -> Callable[[str], tuple[float, int]]:
    """Sends `body` with a text in its place; how many seconds of computing it took, and the status."""
    before, after = body.split(MARK)
    client = world.server.test_client(use_cookies=False)

    def send(text: str) -> tuple[float, int]:
        data, headers = (before + text + after).encode(), {"Cookie": cookie}
        began = time.process_time()
        answer = client.open(path, method=method, data=data, content_type="application/json", headers=headers)
        return time.process_time() - began, answer.status_code

    return send


def test_no_text_of_a_callback_takes_longer_than_a_plain_one(world, forms, record_property):
    slow, count = [], 0
    for name, _, limit, role, body in callback_fields(world, forms):
        world.forget_attempts()
        send = poster(world, DISPATCH, "POST", body, world.cookie(role))
        for length in (*SIZES, *([limit] if limit else [])):
            said = too_slow(send, length)
            slow += [f"{name} as {role}: {said}"] if said else []
            count += 1
    assert not slow, f"{len(slow)} of {count}:\n" + "\n".join(slow[:20])
    record_property("proved", f"{count} texts into callbacks, none slower than {TIMES} plain ones")


def test_no_text_of_the_api_takes_longer_than_a_plain_one(world, record_property):
    slow, count = [], 0
    for call, field, limit, method, path, body in api_fields(world):
        world.forget_attempts()
        send = poster(world, path, method, body, world.cookie(Role.ADMIN))
        for length in (*SIZES, *([limit] if limit else [])):
            said = too_slow(send, length)
            slow += [f"{call} {field}: {said}"] if said else []
            count += 1
    assert not slow, f"{len(slow)} of {count}:\n" + "\n".join(slow[:20])
    record_property("proved", f"{count} texts into the API, none slower than {TIMES} plain ones")


# --- at their limits --------------------------------------------------------------------------------------------

SCRIPTS = {"Latin": "a", "Cyrillic": "я", "Arabic": "ش", "Devanagari": "न", "Han": "漢", "emoji": "😀"}
UNSEEN = "\u2800\u3164\u200b"
SAYS = re.compile(r"error|problem|toast|^\{")  # outputs in which a callback says what is wrong
PREVIEWS = ("admin-inventory-threshold-hint", "admin-alerts-fired", "admin-shipping-preview")
# What is a number or a code says what is wrong with it sooner than how long it may be.
OF_THEIR_OWN_FORM = re.compile(
    r"(number|expiry|cvc|price|cost|goal-\w+|threshold|percent|turn|code|discounts-(value|minimum|limit))$"
)


class Sender:
    """Posts texts into one field, and reads what is said of them."""

    def __init__(self, world: World, path: str, method: str, body: str, role: Role | None) -> None:
        world.forget_attempts()
        self._client = world.server.test_client(use_cookies=False)
        self._path, self._method, self._cookie = path, method, world.cookie(role)
        self._before, self._after = body.split(MARK)

    def __call__(self, text: str) -> tuple[int, str]:
        """(status, all that the answer says was wrong)."""
        answer = self._client.open(
            self._path,
            method=self._method,
            data=(self._before + text + self._after).encode(),
            content_type="application/json",
            headers={"Cookie": self._cookie},
        )
        if answer.status_code != 200:
            return answer.status_code, answer.text
        changed = (answer.json or {}).get("response", {})
        said = [value for name, value in changed.items() if SAYS.search(name)]
        return answer.status_code, json.dumps(said) if any(any(one.values()) for one in said) else ""


def faults_at_the_limit(world: World, send: Sender, limit: int, *, wants_length: bool) -> list[str]:
    """What is wrong with how a field takes texts of its limit, and refuses those that are one longer."""
    found, before = [], world.tables()
    for script, letter in SCRIPTS.items():
        status, said = send(letter * (limit + 1))
        if status >= 500 or not said or (wants_length and "at most" not in said.lower()):
            found.append(f"one more in {script}: {status} {said[:100]}")
        world.forget_attempts()
    if world.tables() != before:
        found.append("one more changed something")
    for script, letter in SCRIPTS.items():
        status, said = send(letter * limit)
        if status >= 500 or status == 413:
            found.append(f"{script} at the limit: {status} {said[:100]}")
        world.forget_attempts()
    return found


def text_fields(world: World, forms: Forms) -> Iterator[tuple[str, str, int, Role | None, str]]:
    """Those fields of callbacks that are typed into on a page."""
    for name, component, limit, role, body in callback_fields(world, forms):
        previews = any(output in body for output in PREVIEWS)  # show what follows from what is typed
        if limit is not None and name.endswith(".value") and not previews:
            yield name, component, limit, role, body


def test_every_text_input_says_how_much_it_takes(forms):
    assert [component for component, limit in forms.texts.items() if limit is None] == []


def test_every_text_of_the_api_says_how_much_it_takes(world):
    assert [(call, field) for call, field, limit, *_ in api_fields(world) if limit is None] == []


def test_texts_of_callbacks_at_their_limit_and_one_above_it(world, forms, record_property):
    faults, count = [], 0
    for name, component, limit, role, body in text_fields(world, forms):
        send = Sender(world, DISPATCH, "POST", body, role)
        wants_length = not OF_THEIR_OWN_FORM.search(component)
        faults += [f"{name}: {one}" for one in faults_at_the_limit(world, send, limit, wants_length=wants_length)]
        count += 1
    assert not faults, f"{len(faults)} at {count} fields:\n" + "\n".join(faults[:30])
    record_property("proved", f"{count} texts of callbacks at their limit and one above, in {len(SCRIPTS)} scripts")


def test_texts_of_the_api_at_their_limit_and_one_above_it(world, record_property):
    faults, count = [], 0
    for call, field, limit, method, path, body in api_fields(world):
        if limit is None or limit > AS_MUCH_AS_FITS:  # a picture, which is no text
            continue
        send = Sender(world, path, method, body, Role.ADMIN)
        faults += [f"{call} {field}: {one}" for one in faults_at_the_limit(world, send, limit, wants_length=True)]
        count += 1
    assert not faults, f"{len(faults)} at {count} fields:\n" + "\n".join(faults[:30])
    record_property("proved", f"{count} texts of the API at their limit and one above, in {len(SCRIPTS)} scripts")


def test_nothing_is_named_by_characters_that_show_nothing(world, forms):
    for _, _, _, role, body in text_fields(world, forms):
        Sender(world, DISPATCH, "POST", body, role)(UNSEEN)
    for _, _, _, method, path, body in api_fields(world):
        Sender(world, path, method, body, Role.ADMIN)(UNSEEN)

    def stored(connection: Connection) -> list[str]:
        return [
            f"{table.name}.{name}"
            for table in metadata.sorted_tables
            for row in connection.execute(select(table)).mappings()
            for name, value in row.items()
            if UNSEEN[1] in str(value)
        ]

    assert world.database.read(stored) == []
