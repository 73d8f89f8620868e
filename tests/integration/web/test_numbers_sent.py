"""Numbers and days in addresses, bodies and callbacks: whatever they are, they never break the shop."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from app.domain import Role
from app.web.api.routing import ROUTES
from app.web.exports.sheets import SHEETS
from app.web.page import PAGES
from components.shop.list_state import Filters
from tests.support.dash_calls import call, callback_map, function_of, guard_of, navigate, payload
from tests.support.hostile import Forms
from tests.support.numbers_sent import TEXTS, VALUES
from tests.support.world import World, served_world

PAGES_FOLDER = Path(__file__).parents[3] / "pages"
READS_A_NAME = re.compile(r"""values\.get\(\s*["'](\w+)["']""")
EXPORTS_READ = ("from", "to", "grain", "category", "country", "product", "segment", "cohort")
# The suite sends each field some of the values, others to each; `make soak` sends all of them everywhere.
WORST = ("1e999999", "--5")
CLICKS = ("n_clicks", "n_intervals", "n_submit")


@pytest.fixture(scope="module")
def world(built_app, tmp_path_factory) -> Iterator[World]:
    with served_world(built_app, tmp_path_factory.mktemp("numbers")) as made:
        yield made


def names_read() -> dict[str, set[str]]:
    """What the layout of each module of a page reads of its address, by the module's source."""
    found: dict[str, set[str]] = {}
    for source in PAGES_FOLDER.rglob("*.py"):
        text = source.read_text()
        head = re.search(r"^def layout\((.*?)\) ->", text, re.MULTILINE | re.DOTALL)
        named = set(re.findall(r"(\w+): (?:Any|str)\b", head[1])) - {"_", "values"} if head else set()
        found[module_of(source)] = named | set(READS_A_NAME.findall(text))
    found["shop/home"] |= {field.name for field in dataclasses.fields(Filters)}
    shared = set().union(*(names for module, names in found.items() if "/_" in module))
    return {module: names | shared for module, names in found.items() if names and "/_" not in module}


def module_of(source: Path) -> str:
    """`shop/home`; its helpers beside it begin with an underscore."""
    return source.relative_to(PAGES_FOLDER).with_suffix("").as_posix()


def some(values: Sequence[Any], place: int, every: int) -> list[Any]:
    """Every `every`th value, others in each place, and the worst ones."""
    return [*dict.fromkeys((*WORST, *values[place % every :: every]))] if every > 1 else list(values)


class Sender:
    """Sends numbers as an admin, counts them and keeps what broke."""

    def __init__(self, world: World) -> None:
        self.admin = world.client(world.people[Role.ADMIN])
        self.count = 0
        self.broken: list[str] = []

    def look(self, answer: TestResponse, what: str) -> None:
        self.count += 1
        if answer.status_code >= 500:
            self.broken.append(f"{what}: {answer.status_code}")


def send_to_pages(sender: Sender, _world: World, every: int) -> None:
    names = names_read()
    assert {"price_min", "page", "from", "to"} <= names["shop/home"] | names["admin/orders"]
    sources = {module: (PAGES_FOLDER / f"{module}.py").read_text() for module in names}
    for place, page in enumerate(PAGES.values()):
        module = next((module for module, text in sources.items() if f'Page("{page.name}"' in text), None)
        for text in some(TEXTS, place, every) if module else ():
            path = page.path or re.sub(r"<\w+>", text, page.path_template or "")
            search = "?" + "&".join(f"{name}={quote(text)}" for name in sorted(names[module or ""]))
            sender.look(navigate(sender.admin, path, search), f"{path[:60]} with {text[:40]!r}")


def send_to_routes(sender: Sender, world: World, every: int) -> None:
    asked = set()
    for place, rule in enumerate(world.server.url_map.iter_rules()):
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/_") or "path:" in rule.rule:
            continue
        route = ROUTES.get(rule.endpoint)
        names = sorted(route.doc.query.model_fields) if route and route.doc and route.doc.query else []
        for text in some(TEXTS, place, every) if names or "<" in rule.rule else ():
            path = re.sub(r"<(?:\w+:)?\w+>", quote(text, safe=""), rule.rule)
            asked |= {f"{path}?{name}={quote(text)}" for name in names} or {path}
    for place, name in enumerate(SHEETS):
        for text in some(TEXTS, place, every):
            asked.add(f"/admin/export/{name}.csv?from={quote(text)}&to={quote(text)}")
            asked.add(f"/admin/export/{name}.csv?" + "&".join(f"{one}={quote(text)}" for one in EXPORTS_READ))
    for one in sorted(asked):
        sender.look(sender.admin.get(one), one[:100])


def send_to_bodies(sender: Sender, world: World, every: int) -> None:
    routes = [route for route in ROUTES.values() if route.doc and route.doc.body]
    for place, route in enumerate(routes):
        fields = route.doc.body.model_fields
        path = re.sub(r"<(?:\w+:)?\w+>", world.product.product_id, route.rule)
        for name, value in itertools.product(fields, some(VALUES, place, every)):
            method = next(iter(set(route.methods) - {"GET"}))
            answer = sender.admin.open(path, method=method, json=dict.fromkeys(fields, "1") | {name: value})
            sender.look(answer, f"{path} {name}={str(value)[:40]}")


def send_to_callbacks(sender: Sender, world: World, every: int) -> None:
    entries = {out: one for out, one in callback_map(sender.admin).items() if guard_of(one) is not None}
    product, order = world.product.product_id, str(world.order.order_id)
    paths = [
        p.path or p.path_template.replace("<product_id>", product).replace("<order_id>", order) for p in PAGES.values()
    ]
    panels = [("/admin/inventory", f"?product={product}&do={tab}") for tab in ("stock", "details")]
    forms = Forms(sender.admin, [*[(path, "") for path in paths], *panels])
    for number, (output, entry) in enumerate(entries.items()):
        declared = [*entry["inputs"], *entry["state"]]
        filled = [forms.value(one["id"], one["property"]) for one in declared]
        key = forms.key(next((one["id"] for one in declared if "[" in one["id"]), ""))
        fields = [place for place, one in enumerate(declared) if one["property"] not in CLICKS]
        for place in fields:
            for value in some(VALUES, number + place, every):
                body = payload(output, entry, [*filled[:place], value, *filled[place + 1 :]], 0, key)
                what = f"{function_of(entry).__qualname__} {declared[place]['id']}={str(value)[:40]!r}"
                sender.look(call(sender.admin, body), what)


SENDERS = (send_to_pages, send_to_routes, send_to_bodies, send_to_callbacks)


def send_everywhere(world: World, every: int) -> str:
    sender = Sender(world)
    for send in SENDERS:
        send(sender, world, every)
    assert not sender.broken, "\n".join(sender.broken)
    return f"{sender.count} numbers that are none, in addresses, bodies and callbacks"


def test_no_page_route_or_callback_breaks_on_a_number(world, record_property):
    record_property("proved", send_everywhere(world, every=36))


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_nothing_breaks_on_any_of_the_numbers_in_any_place(world, record_property):
    record_property("proved", send_everywhere(world, every=1))
