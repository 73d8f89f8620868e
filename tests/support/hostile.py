"""What nobody's page sends: values for Dash callbacks that are wrong, foreign, too long, too deep or plain rubbish."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient

from tests.support.dash_calls import navigate
from tests.support.shop import APPROVED, PASSWORD
from tests.support.world import World

RUBBISH: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63 - 1,
    -(2**63),
    2**70,
    1.5,
    1e308,
    float("nan"),
    float("-inf"),
    "",
    " \t\n",
    "x" * 10_240,
    "\u0000",
    "\ud800",
    "\u202e\u0663\u0664 \U0001f6d2 e\u0301\ufb03\u200b",
    "' OR '1'='1' --",
    '"; DROP TABLE users; --',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} %s %n %x",
    "../../../../etc/passwd",
    "9" * 400,
    "2026-13-45",
    [],
    [None],
    [[[[]]]],
    ["x", 1, None, {}],
    {},
    {"a": {"b": [None, {"c": 1e308}]}},
    {"props": {"children": "x"}, "type": "Div", "namespace": "dash_html_components"},
)

TEXT_TYPES = (None, "text", "search", "email", "password")

# What a form holds when somebody has filled it in, by the end of the field's id: it leads past the first check.
TYPED: tuple[tuple[str, Any], ...] = (
    (r"password", PASSWORD),
    (r"email", "somebody@else.example"),
    (r"checkout-number", APPROVED["number"]),
    (r"expiry", APPROVED["expiry"]),
    (r"cvc", APPROVED["cvc"]),
    (r"country", "IN"),
    (r"checkout-area", "Maharashtra"),
    (r"phone", "+91 20 2612 3456"),
    (r"units|quantity|stock|threshold|price|cost|days", 2),
    (r"barcode", "4006381333931"),
    (r"code", "123456"),
    (r"from|start", "2026-01-01"),
    (r"-to|end", "2026-02-01"),
    (r"value|name|line1|line2|city|district|region|postcode|note|reason|category|description", "Something typed"),
)


def foreign(world: World) -> tuple[Any, ...]:
    """Names of what belongs to somebody else."""
    user, order, product = world.owner, world.order, world.product
    return (
        user.user_id,
        str(user.user_id),
        user.email,
        f"user#{user.user_id}",
        order.order_id,
        str(order.order_id),
        order.number,
        [{"product_id": product.product_id}],
        {"user_id": user.user_id, "total": 1, "revision": "x", "units": 1, "turn": 1},
    )


def structures(body: dict[str, Any]) -> Iterator[Any]:
    """`body` in shapes that no callback has."""
    for name in body:
        yield {key: value for key, value in body.items() if key != name}
        for wrong in (None, [], {}, "x", 7, [None], [[]], [{"id": "x"}]):
            yield {**body, name: wrong}
    for part in ("inputs", "state"):
        if body[part]:
            yield {**body, part: [*body[part][::-1], body[part][0]]}
            for name, wrong in (("id", {"type": "x", "key": [1]}), ("property", "__class__"), ("id", "_pages_content")):
                changed = copy.deepcopy(body)
                first = changed[part][0]
                (first[0] if isinstance(first, list) else first)[name] = wrong
                yield changed
    for prop_id in ("x", ".", '{"a":1}.x', "_pages_location.pathname", "\u0000.\u0000", "{.x", '{"key":{}}.n_clicks'):
        yield {**body, "changedPropIds": [prop_id]}
    yield {**body, "output": "_pages_content.children"}
    yield {**body, "output": body["output"] + "@x"}
    yield {**body, "outputs": {"id": "toasts", "property": "children"}}


class Forms:
    """What the pages of the shop, as an admin gets them, put into the inputs of their callbacks."""

    def __init__(self, client: FlaskClient, paths: list[tuple[str, str]]) -> None:
        self._values: dict[tuple[str, str], Any] = {}
        self._keys: dict[str, Any] = {}
        self.texts: dict[str, int | None] = {}  # inputs for text, by id, and how much each takes
        for path, search in paths:
            answer = navigate(client, path, search)
            assert answer.status_code == 200, (path, search, answer.text[:300])
            self._read(answer.json)

    def value(self, component: str, prop: str) -> Any:
        """As the page sends it with a click, filled in where the page leaves it to people."""
        if prop in ("n_clicks", "n_intervals", "n_submit"):
            return 1
        known = self._values.get((component, prop))
        if known not in (None, "", []):
            return known
        return next((typed for ends, typed in TYPED if re.search(f"({ends})$", component)), known)

    def key(self, pattern: str) -> Any:
        """A value that stands on a page for the wildcards of an id."""
        kind = json.loads(pattern).get("type") if pattern.startswith("{") else None
        return self._keys.get(str(kind), "x")

    def _note_text(self, kind: Any, component: str, props: dict[str, Any]) -> None:
        if kind == "Textarea" or (kind == "Input" and props.get("type") in TEXT_TYPES):
            limit = props.get("maxlength", props.get("maxLength"))
            self.texts[component] = None if limit is None else int(limit)

    def _read(self, node: Any) -> None:
        if isinstance(node, list):
            for one in node:
                self._read(one)
        elif isinstance(node, dict):
            props = node.get("props", {})
            component = props.get("id") if isinstance(props, dict) else None
            if isinstance(component, dict):
                self._keys[str(component.get("type"))] = component.get("key")
            elif isinstance(component, str):
                self._note_text(node.get("type"), component, props)
                for prop, value in props.items():
                    self._values.setdefault((component, prop), value)
            for one in node.values():
                self._read(one)
