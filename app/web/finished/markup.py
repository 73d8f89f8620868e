"""The HTML that a browser makes of Dash components: the same elements, classes and ids as Dash draws from them.

`dash.html` is covered whole. Of the other libraries only what the store's pages use is: an unknown component raises
TypeError, which the test of every page finds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from dash.development.base_component import Component

from components.kit.ready import written

Write = Callable[[str], None]
Props = Mapping[str, Any]

_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_NAMES = {"className": "class", "class_name": "class", "htmlFor": "for"}
# What Dash keeps for itself; nothing of it comes into the document.
_KEPT = frozenset({"children", "key", "n_clicks", "n_clicks_timestamp", "disable_n_clicks", "loading_state"})
_KEPT_BY_FIELDS = frozenset({"debounce", "persistence", "persistence_type", "persisted_props", "n_submit", "n_blur"})
_ADDRESSES = frozenset({"href", "src", "action", "formaction"})
_HARMLESS = re.compile(r"/(?!/|\\)|[#?]|https?://|mailto:")
_NOWHERE = "about:blank"

# Controls that work without script too, by their ids: what each sends with the form of this id, which
# pages/shop/_cart_forms.py takes. Given the id's key and the props.
CART_FORM = "cart-form"
_SENDS: dict[str, Callable[[Any, Props], tuple[str, str]]] = {
    "cart-step-add": lambda key, _: ("add", key["key"]),
    "cart-step-inc": lambda key, _: ("more", key["key"]),
    "cart-step-dec": lambda key, _: ("less", key["key"]),
    "cart-do": lambda key, _: (key["do"], key["key"]),
    "product-add": lambda _, props: ("buy", props["value"]),
    "pick-step-value": lambda _, props: ("units", props["value"]),
    "cart-open": lambda *_: ("show", "cart"),
}


def markup(part: Any) -> str:
    """Components and texts as HTML; every text and value in it is escaped. Raises TypeError for unknown components."""
    pieces: list[str] = []
    _write(part, pieces.append)
    return "".join(pieces)


def _write(part: Any, write: Write) -> None:
    if part is None or isinstance(part, bool):
        return
    if isinstance(part, str):
        write(escape(part, quote=False))
    elif isinstance(part, int | float):
        write(str(part))
    elif isinstance(part, list | tuple):
        for one in part:
            _write(one, write)
    elif isinstance(part, Component):
        ready = written(part, _of_one)
        if ready is None:
            _component(part, write)
        else:
            write(ready)
    else:
        raise TypeError(f"{type(part).__name__} cannot be sent as HTML")


def _of_one(part: Component) -> str:
    pieces: list[str] = []
    _component(part, pieces.append)
    return "".join(pieces)


def _component(part: Component, write: Write) -> None:
    described = part.to_plotly_json()
    props = described["props"]
    if described["namespace"] == "dash_html_components":
        return _element(described["type"].lower(), props, write)
    known = _DRAWN.get((described["namespace"], described["type"]))
    if known is None:
        raise TypeError(f"{described['namespace']}.{described['type']} cannot be sent as HTML yet")
    return known(props, write)


def _element(tag: str, props: Props, write: Write) -> None:
    known = _native(props)
    write(f"<{tag}{''.join([_attribute(name, value) for name, value in known.items()])}>")
    if tag in _VOID:
        return
    _write(props.get("children"), write)
    write(f"</{tag}>")


def _native(props: Props) -> Props:
    """With what makes a control of the cart a part of its native form."""
    key = props.get("id")
    sends = _SENDS.get(key["type"] if isinstance(key, dict) else key or "")
    if sends is None:
        return props
    name, value = sends(key, props)
    kind = {"type": "submit"} if props.get("type") == "button" else {}
    return {**props, **kind, "form": CART_FORM, "name": name, "value": str(value)}


def _attribute(name: str, value: Any) -> str:
    if name in _KEPT or value is None:
        return ""
    known = _known(name)
    if known == "id" and isinstance(value, dict):
        value = json.dumps(value, sort_keys=True, separators=(",", ":"))
    elif known == "style":
        value = ";".join([f"{_css(one)}:{setting}" for one, setting in value.items()])
    elif isinstance(value, bool):
        if not known.startswith(("aria-", "data-")):
            return f" {known}" if value else ""
        value = "true" if value else "false"
    elif known in _ADDRESSES and not _HARMLESS.match(str(value)):
        value = _NOWHERE
    return f' {known}="{escape(str(value))}"'


@lru_cache(512)
def _known(name: str) -> str:
    known = _NAMES.get(name) or (name if name.startswith(("data-", "aria-")) else name.lower())
    if not re.fullmatch(r"[a-z][a-z0-9-]*", known) or known.startswith("on"):
        raise TypeError(f"{name} cannot be sent as HTML")
    return known


@lru_cache(512)
def _css(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: f"-{capital[0].lower()}", name)


# --- what other libraries draw ------------------------------------------------------------------


def _nothing(_props: Props, _write_: Write) -> None:
    """Stores, timers and addresses are not seen; neither is a drawer that is closed."""


def _link(props: Props, write: Write) -> None:
    _element("a", props, write)


def _with_class(props: Props, first: str, last: str = "") -> dict[str, Any]:
    """Props of an element whose class is led, or followed, by that of Bootstrap."""
    given = props.get("class_name") or props.get("className") or ""
    others = {name: value for name, value in props.items() if name not in ("className", "class_name")}
    return {**others, "class": " ".join(filter(None, (first, given, last)))}


def _input(props: Props, write: Write) -> None:
    known = {"step": "any"} | {name: value for name, value in props.items() if name not in _KEPT_BY_FIELDS}
    _element("input", _with_class(known, "", "form-control"), write)


def _select(props: Props, write: Write) -> None:
    chosen = props.get("value")
    others = {name: value for name, value in props.items() if name not in _KEPT_BY_FIELDS | {"options", "value"}}
    blank = '<option value="" disabled hidden></option>'
    options = "".join(
        [
            f'<option value="{escape(str(one["value"]))}"{" selected" if one["value"] == chosen else ""}>'
            f"{escape(str(one['label']), quote=False)}</option>"
            for one in props["options"]
        ]
    )
    opening = "".join([_attribute(name, value) for name, value in _with_class(others, "", "form-select").items()])
    write(f"<select{opening}>{blank}{options}</select>")


def _radio_items(props: Props, write: Write) -> None:
    """As Dash Bootstrap Components draw them: each with its label after it."""
    apart = _KEPT_BY_FIELDS | {"options", "value", "name"}
    others = {name: value for name, value in props.items() if name not in apart}
    write(f"<div{''.join([_attribute(name, value) for name, value in others.items()])}>")
    for one in props["options"]:
        key = escape(f"_dbcprivate_radioitems_{props['id']}_input_{one['value']}")
        checked = " checked" if one["value"] == props.get("value") else ""
        write(
            f'<div class="form-check"><input type="radio" class="form-check-input" id="{key}" name="{props["name"]}"'
            f' value="{escape(str(one["value"]))}"{checked}><label class="form-check-label" for="{key}">'
        )
        _write(one["label"], write)
        write("</label></div>")
    write("</div>")


def _dropdown(props: Props, write: Write) -> None:
    """Closed, as it is at first."""
    toggle = f"{props.get('toggle_class_name', '')} dropdown-toggle btn btn-{props.get('color', 'primary')}".strip()
    place = "dropdown-menu dropdown-menu-end" if props.get("align_end") else "dropdown-menu"
    write(f'<div class="{escape(_with_class(props, "", "dropdown")["class"])}">')
    write(f'<button type="button" aria-expanded="false" class="{escape(toggle)}">')
    _write(props.get("label"), write)
    write(f'</button><div class="{place}">')
    _write(props.get("children"), write)
    write("</div></div>")


def _dropdown_item(props: Props, write: Write) -> None:
    if props.get("divider"):
        write('<hr class="dropdown-divider" role="separator">')
    else:
        _element("a" if props.get("href") else "button", _with_class(props, "", "dropdown-item"), write)


_DRAWN: dict[tuple[str, str], Callable[[Props, Write], None]] = {
    ("dash_core_components", "Interval"): _nothing,
    ("dash_core_components", "Link"): _link,
    ("dash_core_components", "Location"): _nothing,
    ("dash_core_components", "Store"): _nothing,
    ("dash_bootstrap_components", "DropdownMenu"): _dropdown,
    ("dash_bootstrap_components", "DropdownMenuItem"): _dropdown_item,
    ("dash_bootstrap_components", "Input"): _input,
    ("dash_bootstrap_components", "Offcanvas"): _nothing,
    ("dash_bootstrap_components", "RadioItems"): _radio_items,
    ("dash_bootstrap_components", "Select"): _select,
}
