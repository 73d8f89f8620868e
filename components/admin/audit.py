"""The audit log in sentences: who changed what, what it was before, and from where it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html

from app import numbers
from app.domain import WEEKDAYS, AuditAction, AuditEntry, AuditKind, AuditOutcome, Role, browser_words
from app.domain.mail_texts import TEXT_SETTINGS
from app.domain.shop import CONTENT_PAGES
from app.money import Formats
from components.admin.shell import ROLE_WORDS
from components.kit.ui import badge, empty_state, icon, search_box, spoken_label

ANY = "any"
SOMEBODY = "guest"  # as the log calls whoever is not signed in
KINDS = (
    (AuditKind.CHANGES.value, "Changes"),
    (AuditKind.SIGN_INS.value, "Sign-ins"),
)
COMMAND_LINE = "command line"
LONGEST_VALUE = 160
MAIL_TEXTS = tuple(TEXT_SETTINGS.items())

A = AuditAction
# Per action: what the filter calls it, its icon, and the sentence after the actor; {} is what it is about.
ACTIONS: dict[AuditAction, tuple[str, str, str]] = {
    A.PRODUCT_ADD: ("Product added", "plus-lg", "added {}"),
    A.PRODUCT_EDIT: ("Product edited", "pencil", "edited {}"),
    A.PRODUCTS_EDIT: ("Many products edited", "pencil-square", "edited {}"),
    A.PRODUCT_REMOVE: ("Product taken out", "archive", "took {} out of the store"),
    A.PRODUCT_RESTORE: ("Product put back", "arrow-counterclockwise", "put {} back into the store"),
    A.STOCK_RECEIVE: ("Stock received", "box-arrow-in-down", "received {units} of {}"),
    A.STOCK_WRITE_OFF: ("Stock written off", "box-arrow-up", "wrote off {units} of {}"),
    A.STOCK_CORRECT: ("Stock corrected", "clipboard-check", "corrected the count of {}"),
    A.REORDER_PLAN: ("Reordering planned", "truck", "set how {} is reordered"),
    A.EVENT_ADD: ("Event noted", "flag", "noted the event {}"),
    A.EVENT_CHANGE: ("Event changed", "flag", "changed the event {}"),
    A.HOLIDAYS_ADD: ("Holidays added", "calendar-plus", "added the public holidays of {}"),
    A.HOLIDAYS_REMOVE: ("Holidays removed", "calendar-minus", "took out the public holidays of {}"),
    A.EVENT_REMOVE: ("Event removed", "flag", "removed the event {}"),
    A.RULE_ADD: ("Alert rule added", "bell", "added the alert rule {}"),
    A.RULE_REMOVE: ("Alert rule removed", "bell-slash", "removed the alert rule {}"),
    A.RULE_SWITCH: ("Alert rule switched", "bell", "switched the alert rule {}"),
    A.RULE_SNOOZE: ("Alert rule snoozed", "bell-slash", "snoozed the alert rule {}"),
    A.RULE_ACKNOWLEDGE: ("Alert acknowledged", "check2", "acknowledged {}"),
    A.WEBHOOK_ADD: ("Webhook added", "broadcast-pin", "added the webhook {}"),
    A.WEBHOOK_CHANGE: ("Webhook changed", "broadcast-pin", "changed the webhook {}"),
    A.WEBHOOK_SWITCH: ("Webhook switched", "broadcast-pin", "switched the webhook {}"),
    A.WEBHOOK_ROTATE: ("Webhook’s secret changed", "key", "changed the secret of the webhook {}"),
    A.WEBHOOK_REMOVE: ("Webhook removed", "broadcast-pin", "removed the webhook {}"),
    A.WEBHOOK_TEST: ("Webhook tested", "send", "tested the webhook {}"),
    A.WEBHOOK_REPLAY: ("Webhook replayed", "send", "replayed what the webhook {} was sent"),
    A.SCREEN_PAIR: ("Screen paired", "tv", "paired the screen {}"),
    A.SCREEN_CHANGE: ("Screen changed", "tv", "changed what the screen {} shows"),
    A.SCREEN_REVOKE: ("Screen removed", "tv", "removed the screen {}"),
    A.GOAL_SET: ("Goal set", "bullseye", "set the goal of {}"),
    A.SETTINGS_CHANGE: ("Settings changed", "sliders", "changed the shop’s settings: {}"),
    A.DISCOUNT_ADD: ("Discount code added", "tags", "added the discount code {}"),
    A.DISCOUNT_CHANGE: ("Discount code changed", "tags", "changed the discount code {}"),
    A.DISCOUNT_END: ("Discount code ended", "tags", "ended the discount code {}"),
    A.ZONE_ADD: ("Shipping zone added", "truck", "added the shipping zone {}"),
    A.ZONE_CHANGE: ("Shipping zone changed", "truck", "changed the shipping zone {}"),
    A.ZONE_REMOVE: ("Shipping zone removed", "truck", "removed the shipping zone {}"),
    A.METHOD_ADD: ("Shipping method added", "truck", "added the shipping method {}"),
    A.METHOD_CHANGE: ("Shipping method changed", "truck", "changed the shipping method {}"),
    A.METHOD_REMOVE: ("Shipping method removed", "truck", "removed the shipping method {}"),
    A.REPORT_READING: ("Weekly report", "envelope", "changed whether they get {}"),
    A.ORDER_CONFIRM: ("Payment confirmed", "cash-coin", "marked order {} as paid"),
    A.ORDER_GIVE_UP: ("Order given up", "x-circle", "gave up order {}, which was not paid"),
    A.ORDER_RETURN: ("Return recorded", "arrow-return-left", "took back goods of order {}"),
    A.ORDER_CANCEL: ("Order cancelled", "x-circle", "cancelled order {}"),
    A.ORDER_SHIP: ("Shipment recorded", "truck", "sent goods of order {}"),
    A.ORDER_DELIVER: ("Delivery recorded", "house-check", "marked a shipment of order {} as delivered"),
    A.ORDER_HOLD: ("Order put on hold", "pause-circle", "put order {} on hold"),
    A.ORDER_RELEASE: ("Order released", "play-circle", "released order {}"),
    A.ORDER_NOTE: ("Order noted on", "chat-left-text", "wrote a note about order {}"),
    A.ORDER_TAGS: ("Order tagged", "tags", "tagged order {}"),
    A.ORDER_ADDRESS: ("Address of an order edited", "geo-alt", "edited the address of order {}"),
    A.DELIVERY_RESEND: ("Message sent again", "send", "sent the {} again"),
    A.BOOKS_MEND: ("Books mended", "tools", "mended the books: {}"),
    A.CUSTOMER_TAX: ("Tax of a customer", "percent", "changed what tax {} pays"),
    A.ADDRESS_LIFT: ("Address unblocked", "envelope-check", "unblocked {}"),
    A.ALERT_SUBSCRIBE: ("Alerts subscribed", "bell", "subscribed {} to the alerts"),
    A.ALERT_UNSUBSCRIBE: ("Alerts unsubscribed", "bell-slash", "unsubscribed {} from the alerts"),
    A.STAFF_CREATE: ("Admin created", "person-plus", "created the account of {}"),
    A.STAFF_INVITE: ("Staff invited", "person-plus", "invited {}"),
    A.STAFF_INVITE_AGAIN: ("Invitation sent again", "envelope", "sent {} the invitation again"),
    A.STAFF_JOIN: ("Invitation accepted", "person-check", "joined the staff"),
    A.STAFF_ROLE: ("Role changed", "person-gear", "changed the role of {}"),
    A.STAFF_DEACTIVATE: ("Staff deactivated", "person-slash", "deactivated {}"),
    A.STAFF_REACTIVATE: ("Staff reactivated", "person-check", "reactivated {}"),
    A.STAFF_SECOND_FACTOR: ("Second factor reset", "shield-x", "reset the second factor of {}"),
    A.STAFF_SESSIONS: ("Sessions ended", "box-arrow-right", "signed {} out everywhere"),
    A.STAFF_SIGN_IN: ("Password set for staff", "key", "set the password of {}"),
    A.MACHINE_CREATE: ("API token created", "key", "created the API token {}"),
    A.MACHINE_REVOKE: ("API token revoked", "key", "revoked the API token {}"),
    A.OWN_NAME: ("Own name changed", "person", "changed their own name"),
    A.OWN_SIGN_IN: ("Own password changed", "lock", "changed their own password"),
    A.OWN_EMAIL: ("Own e-mail changed", "at", "changed their own e-mail address"),
    A.OWN_SECOND_FACTOR: ("Own second factor changed", "shield-check", "changed their own second factor"),
    A.OWN_CODES: ("Own recovery codes changed", "shield-check", "made new recovery codes"),
    A.OWN_SESSION: ("Own session ended", "box-arrow-right", "signed one of their own sessions out"),
    A.SIGN_IN: ("Signed in", "box-arrow-in-right", "signed in"),
    A.SIGN_OUT: ("Signed out", "box-arrow-right", "signed out"),
    A.SIGN_IN_FAILED: ("Wrong password", "shield-x", "entered a wrong password for {}"),
    A.SIGN_IN_CODE_FAILED: ("Wrong code", "shield-x", "entered the right password but a wrong code for {}"),
    A.MACHINE_ELSEWHERE: ("API token used elsewhere", "key", "used the API token {} from a new network"),
    A.OWN_SESSIONS: ("Own sessions ended", "box-arrow-right", "signed themselves out everywhere"),
}
Kind = Literal["text", "number", "money", "yes", "role", "picture", "day", "agent"]
# What may differ in an entry, by its name there: what people call it, and what its values are.
FIELDS: dict[str, tuple[str, Kind]] = {
    "name": ("Name", "text"),
    "full_name": ("Name", "text"),
    "price": ("Price", "money"),
    "cost": ("Cost", "money"),
    "category": ("Category", "text"),
    "description": ("Description", "text"),
    "threshold": ("Low-stock threshold", "number"),
    "threshold_manual": ("Threshold set by hand", "yes"),
    "image": ("Picture", "picture"),
    "pictures": ("Pictures", "text"),
    "sku": ("SKU", "text"),
    "brand": ("Brand", "text"),
    "supplier": ("Supplier", "text"),
    "tax_class": ("Tax class", "text"),
    "tax_exempt": ("Pays no tax", "text"),
    "tax_prices": ("Prices and tax", "text"),
    "tax_rates": ("Tax rates", "text"),
    "tax_shipping": ("Tax on shipping", "text"),
    "tax_reverse": ("Reverse charge", "text"),
    "tax_region": ("Region of the shop", "text"),
    "barcode": ("Barcode", "text"),
    "tags": ("Tags", "text"),
    "weight": ("Weight, grams", "number"),
    "ships_alone": ("Ships alone", "yes"),
    "family_id": ("Family", "text"),
    "options": ("Options", "text"),
    "status": ("Status", "text"),
    "stock": ("Units", "number"),
    "units": ("Units", "number"),
    "on_hand": ("On hand", "number"),
    "lead_days": ("Lead time, days", "number"),
    "safety_stock": ("Safety stock", "number"),
    "review_days": ("Review period, days", "number"),
    "service": ("Service level, %", "number"),
    "pack": ("Pack, units", "number"),
    "products": ("Products", "text"),
    "left_as_is": ("Left as they are", "text"),
    "on_order": ("On order, units", "number"),
    "due": ("Expected on", "day"),
    "day": ("Day", "day"),
    "first": ("First day", "day"),
    "last": ("Last day", "day"),
    "words": ("What", "text"),
    "percent": ("Expected sales, %", "number"),
    "rule": ("Rule", "text"),
    "is_on": ("On", "yes"),
    "hours": ("Hours", "number"),
    "reads": ("Gets it", "yes"),
    "kind": ("Kind", "text"),
    "goal": ("Goal", "money"),
    **{day: (day.capitalize(), "money") for day in WEEKDAYS},
    "legal_name": ("Legal name", "text"),
    "tax_number": ("Tax number", "text"),
    "phone": ("Telephone", "text"),
    "logo": ("Logo", "text"),
    "accent": ("Accent", "text"),
    "accent_dark": ("Accent in the dark theme", "text"),
    "timezone": ("Time zone", "text"),
    "currency": ("Currency", "text"),
    "low_stock_rule": ("Low-stock rule", "text"),
    "sender_name": ("Sender’s name", "text"),
    "reply_to": ("Reply-to address", "text"),
    "mail_footer": ("Footer of mails", "text"),
    **{name: (f"{mail.capitalize()} mail, {code}: {part}", "text") for name, (mail, code, part) in MAIL_TEXTS},
    "pay_card": ("Card", "text"),
    "pay_transfer": ("Bank transfer", "text"),
    "transfer_text": ("Where the money goes", "text"),
    "transfer_days": ("Days for a transfer", "text"),
    "pay_delivery": ("On delivery", "text"),
    "delivery_days": ("Days for a delivery", "text"),
    **{f"page_{name}": (f"Page “{name.capitalize()}”", "text") for name in CONTENT_PAGES},
    "places": ("Places", "text"),
    "methods": ("Methods", "text"),
    "prices": ("Price", "text"),
    "free_from": ("Free from", "money"),
    "takes_off": ("Takes off", "text"),
    "minimum": ("Minimum", "money"),
    "once": ("Once per customer", "yes"),
    "first_order": ("First order only", "yes"),
    "limit": ("Uses, at most", "number"),
    "starts_on": ("First day", "text"),
    "ends_on": ("Ends", "text"),
    "delivery": ("Delivery", "text"),
    "unknown_weight": ("Weight of products without one, grams", "number"),
    "pick_up": ("Pick-up address", "text"),
    "lines": ("Lines", "text"),
    "refund": ("Refund", "money"),
    "total": ("Total", "money"),
    "method": ("Paid by", "text"),
    "carrier": ("Carrier", "text"),
    "tracking": ("Tracking number", "text"),
    "hold": ("On hold because", "text"),
    "fields": ("Fields", "text"),
    "mend": ("Mended", "text"),
    "role": ("Role", "role"),
    "is_active": ("Active", "yes"),
    "email": ("E-mail", "text"),
    "second_factor": ("Second factor", "yes"),
    "scopes": ("May use", "text"),
    "owner": ("Owner", "text"),
    "days": ("Days until it expires", "number"),
    "expires_at": ("Expires", "text"),
    "agent": ("Browser", "agent"),
    "browser": ("Browser", "text"),
    "address": ("Address", "text"),
    "webhook": ("Webhook", "text"),
    "format": ("Format", "text"),
    "events": ("Events", "text"),
    "event": ("Event", "text"),
    "type": ("Type", "text"),
    "since": ("Since", "text"),
    "scenes": ("Scenes", "text"),
    "turn_seconds": ("Seconds per scene", "number"),
    "hides_money": ("Hides amounts", "yes"),
    "hides_names": ("Hides names", "yes"),
    "chimes": ("Chimes", "yes"),
    "night_from": ("Dimmed from", "text"),
    "night_until": ("Dimmed until", "text"),
}
_KNOWN = {action.value: action for action in AuditAction}
# Of a refused attempt the sentence says what was tried.
_TRIED = {
    "added": "add",
    "ended": "end",
    "gave": "give",
    "mended": "mend",
    "noted": "note",
    "switched": "switch",
    "tested": "test",
    "replayed": "replay",
    "snoozed": "snooze",
    "acknowledged": "acknowledge",
    "removed": "remove",
    "edited": "edit",
    "took": "take",
    "put": "put",
    "received": "receive",
    "wrote": "write",
    "corrected": "correct",
    "changed": "change",
    "sent": "send",
    "invited": "invite",
    "deactivated": "deactivate",
    "reactivated": "reactivate",
    "reset": "reset",
    "unblocked": "unblock",
    "subscribed": "subscribe",
    "unsubscribed": "unsubscribe",
    "signed": "sign",
    "set": "set",
    "paired": "pair",
    "cancelled": "cancel",
    "marked": "mark",
    "released": "release",
    "tagged": "tag",
}
# Too long for a sentence.
_LONG = {
    "description",
    "address",
    "mail_footer",
    "places",
    "prices",
    "delivery",
    "pick_up",
    *(f"page_{name}" for name in CONTENT_PAGES),
    *TEXT_SETTINGS,
}
# Said by the sentence itself.
_SPOKEN = {"units", "status", "is_active", "lines"}
_ROLES = {role.value: words for role, words in ROLE_WORDS.items()} | {Role.CUSTOMER.value: "Customer"}


def controls(ids: Any, actors: Sequence[tuple[str, str]], kind: str) -> html.Div:
    """The filters. `actors`: (as the log names them, as people do); `kind`: one of `KINDS`, or ANY."""
    whats = sorted((words, action.value) for action, (words, _, _) in ACTIONS.items())
    return html.Div(
        [
            search_box(ids("q"), "Name, number or note"),
            spoken_label("Changes or sign-ins", ids("kind")),
            dbc.Select(id=ids("kind"), value=kind, options=_choices("Everything", KINDS)),
            spoken_label("Who did it", ids("who")),
            dbc.Select(id=ids("who"), value=ANY, options=_choices("Anybody", actors)),
            spoken_label("What was done", ids("what")),
            dbc.Select(id=ids("what"), value=ANY, options=_choices("Anything", [(v, w) for w, v in whats])),
            html.Div(
                [
                    spoken_label("First day", ids("start")),
                    dbc.Input(id=ids("start"), type="date", value=""),
                    html.Span("to", className="muted"),
                    spoken_label("Last day", ids("end")),
                    dbc.Input(id=ids("end"), type="date", value=""),
                ],
                className="dates",
            ),
        ],
        className="toolbar audit-toolbar",
    )


def entry_list(
    entries: Sequence[AuditEntry], formats: Formats, is_narrowed: bool, people: Mapping[str, str] | None = None
) -> Any:
    """Entries under the day they were written on, newest first. `people`: full names by what the log calls them."""
    if not entries:
        return empty_state(
            "Nothing matches" if is_narrowed else "Nothing has been changed yet",
            "Try fewer words or a longer time."
            if is_narrowed
            else "Every change that staff make to products, stock, orders and people is written down here.",
            icon_name="journal-text",
        )
    rows: list[Any] = []
    day = None
    for entry in entries:
        this_day = formats.store_day(entry.at)
        if this_day != day:
            rows.append(html.Li(html.H2(formats.day(this_day)), className="audit-day"))
            day = this_day
        rows.append(_row(entry, formats, people or {}))
    return html.Ol(rows, className="audit-list")


def stopped_notice(looked_at: int, formats: Formats) -> html.Div:
    """Says that a search ended before the log did."""
    return html.Div(
        [
            icon("info-circle"),
            html.Span(
                f"The search stopped after {formats.number(looked_at)} entries. "
                "“Next” looks further back; dates or a person make it faster."
            ),
        ],
        className="notice audit-stopped",
    )


def target_notice(name: str) -> html.Div:
    """Says that only the history of one thing is shown."""
    return html.Div(
        [
            icon("funnel"),
            html.Span(["Only what happened to ", html.Strong(name)]),
            dcc.Link("Show all", "/admin/audit", className="nowrap"),
        ],
        className="notice",
    )


def _row(entry: AuditEntry, formats: Formats, people: Mapping[str, str]) -> html.Li:
    known = _KNOWN.get(entry.action)
    glyph = ACTIONS[known][1] if known else "dot"
    is_refused = entry.outcome is AuditOutcome.REFUSED
    return html.Li(
        [
            html.Span(icon("x-lg" if is_refused else glyph), className="audit-icon"),
            html.Div(
                [
                    html.Div(
                        [
                            badge("Refused", "bad", "x-circle") if is_refused else None,
                            *_sentence(entry, formats, people),
                        ],
                        className="audit-words",
                    ),
                    *_details(entry, formats),
                    html.Div(entry.note, className="audit-why" if is_refused else "audit-note") if entry.note else None,
                ],
                className="audit-what",
            ),
            html.Div(
                [
                    html.Span(formats.clock(entry.at), className="audit-time", title=formats.moment(entry.at)),
                    html.Span(_from(entry), className="sub"),
                ],
                className="audit-when",
            ),
        ],
        className="audit-entry audit-refused" if is_refused else "audit-entry",
    )


def _sentence(entry: AuditEntry, formats: Formats, people: Mapping[str, str]) -> list[Any]:
    """ "Asha Menon changed the price of Brass lamp: ₹1,200.00 → ₹1,350.00"."""
    known = _KNOWN.get(entry.action)
    words = ACTIONS[known][2] if known else f"{entry.action} {{}}"
    one = _only_change(entry)
    if known is A.PRODUCT_EDIT and one:
        words = f"changed the {_words(one).lower()} of {{}}"
    units = (entry.after or {}).get("units")
    if isinstance(units, int):
        words = words.replace("{units}", formats.counted(units, "unit"))
    if entry.outcome is AuditOutcome.REFUSED:
        verb, _, rest = words.partition(" ")
        words = f"tried to {_TRIED.get(verb, verb)} {rest}"
    before, about, after = words.replace("{units}", "units").partition("{}")
    return [
        _who(entry, people),
        f" {before}",
        *([_target(entry, formats)] if about else []),
        after,
        *([": ", *_became(one, entry.before or {}, entry.after or {}, formats)] if one else []),
    ]


def _who(entry: AuditEntry, people: Mapping[str, str]) -> html.Strong:
    name = entry.actor.name
    words = {COMMAND_LINE: "The command line", SOMEBODY: "Somebody"}.get(name) or people.get(name, name)
    return html.Strong(words, title=name)


def _only_change(entry: AuditEntry) -> str | None:
    """The one field that changed, when before and after can stand in the sentence."""
    names = [name for name in entry.after or {} if name not in _SPOKEN]
    return names[0] if len(names) == 1 and names[0] in (entry.before or {}) and names[0] not in _LONG else None


def _target(entry: AuditEntry, formats: Formats) -> Any:
    name, _, address = (entry.target_name or entry.target_id).partition(" <")
    if entry.target_kind == "goal":
        name = _goal_of(entry, formats)
    href = {
        "product": f"/admin/inventory?product={quote(entry.target_id, safe='')}&do=ledger",
        "order": f"/admin/orders/{quote(entry.target_id, safe='')}",
        "sign_in": f"/admin/audit?about=sign_in:{quote(entry.target_id, safe='')}",
        "user": f"/admin/audit?about=user:{quote(entry.target_id, safe='')}",
    }.get(entry.target_kind)
    if href and entry.target_id:
        return dcc.Link(name, href=href, title=address.rstrip(">") or None)
    return html.Span(name, className="name")


def _goal_of(entry: AuditEntry, formats: Formats) -> str:
    """One weekday by its name, a day by its date."""
    weekdays = [day for day in entry.after or {} if day in WEEKDAYS]
    if len(weekdays) == 1:
        return f"{weekdays[0].capitalize()}s"
    return "the week" if weekdays else _day_words(entry.target_name, formats)


def _details(entry: AuditEntry, formats: Formats) -> list[Any]:
    if _only_change(entry):
        return []
    before, after = entry.before or {}, entry.after or {}
    rows = [_change(name, before, after, formats) for name in after if name not in _SPOKEN]
    lines = after.get("lines")
    if isinstance(lines, list):
        rows = [_returned(line, formats) for line in lines if isinstance(line, dict)] + rows
    return [html.Ul(rows, className="audit-changes")] if rows else []


def _change(name: str, before: Mapping[str, object], after: Mapping[str, object], formats: Formats) -> html.Li:
    words = html.Span(_words(name), className="audit-field")
    said = str(after[name]) if name == "agent" else None
    return html.Li([words, *_became(name, before, after, formats)], title=said)


def _became(name: str, before: Mapping[str, object], after: Mapping[str, object], formats: Formats) -> list[Any]:
    new = _value(name, after[name], formats)
    if name not in before:
        return [new]
    return [html.Span(_value(name, before[name], formats), className="audit-before"), " → ", new]


def _returned(line: Mapping[str, object], formats: Formats) -> html.Li:
    quantity = line.get("quantity")
    count = formats.number(quantity) if isinstance(quantity, int) else "?"
    back = ", back to stock" if line.get("restock") else ""
    return html.Li(f"{count} × {line.get('name')}{back}")


def _words(name: str) -> str:
    """Entries of earlier versions may name what this one does not know."""
    return FIELDS[name][0] if name in FIELDS else name.replace("_", " ").capitalize()


def _value(name: str, value: object, formats: Formats) -> str:
    kind = FIELDS[name][1] if name in FIELDS else "text"
    if kind == "agent":
        return browser_words(str(value))
    if kind == "picture":
        return "uploaded" if value else "drawn"
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return formats.money(value) if kind == "money" else formats.number(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    text = _ROLES.get(str(value), str(value)) if kind == "role" else str(value)
    if kind == "day":
        return _day_words(text, formats)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _day_words(text: str, formats: Formats) -> str:
    try:
        return formats.day(numbers.day(text))
    except ValueError:
        return text


def _from(entry: AuditEntry) -> str:
    """Where it came from: the address, and the way if it was not a page."""
    way = "" if entry.actor.via in ("page", entry.actor.name) else entry.actor.via
    return " · ".join(part for part in (entry.actor.address, way) if part)


def _choices(anything: str, options: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"value": ANY, "label": anything}, *[{"value": value, "label": words} for value, words in options]]
