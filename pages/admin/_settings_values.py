"""What the form of settings sends, and what it keeps of what it showed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.shop import CONTENT_PAGES, OWN_ACCENTS
from app.domain.taxes import FOLLOWS_GOODS, TAX_CLASSES, UNTAXED
from app.errors import InvalidInput
from app.services import services
from app.services.settings.values import currencies, time_zones
from app.web.page import Page
from components.admin.settings import BAND_PARTS, OF_SECTION, SECTIONS
from pages.admin._common import text_of

_OUTDATED = "This form is out of date. Load the page again."
_LONG = 200  # characters from which the form keeps a digest of what it showed
_DIGEST = "sha256:"
_SHOWN = 300


def names_of(section: str, asked: str) -> tuple[str, ...]:
    """Of the settings of a section; of the pages one."""
    if section == "pages":
        return (f"page_{asked if asked in CONTENT_PAGES else CONTENT_PAGES[0]}",)
    return OF_SECTION[section]


def names_sent(section: Any) -> tuple[str, ...]:
    """Raises InvalidInput for what is no section with its names."""
    if isinstance(section, list) and section and all(isinstance(one, str) for one in section):
        name, *names = section
        if name in SECTIONS and tuple(names) == names_of(name, names[0].removeprefix("page_") if names else ""):
            return tuple(names)
    raise InvalidInput(_OUTDATED)


def values_of(page: Page, names: Sequence[str], sent: Iterable[Any]) -> dict[str, object]:
    """Of `names` those that the form has fields of. `sent`: inputs or states, as Dash lists them."""
    fields = [one for some in sent if isinstance(some, list) for one in some if isinstance(one["id"].get("key"), str)]

    def of_kind(kind: str) -> dict[str, object]:
        wanted = page.item(kind, "")["type"]
        return {one["id"]["key"]: one.get("value") or "" for one in fields if one["id"].get("type") == wanted}

    values, bands = of_kind("value"), of_kind("band")
    if bands:
        values["low_stock_rule"] = _rule(bands)
    if values.get("accent") == OWN_ACCENTS["light"]:
        values["accent"] = ""
    return {name: values[name] for name in names if name in values}


def _rule(bands: Mapping[str, object]) -> str:
    """As LOW_STOCK_RULE writes it; rows without anything are left out."""
    typed = {key: text_of(value, 20, "low_stock_rule").strip() for key, value in bands.items()}
    rows: list[str] = []
    for at in range(len(typed)):
        low, high, units = (typed.get(f"{at}-{part}", "") for part in BAND_PARTS)
        if low or high or units:
            rows.append(f"{low}-{high}:{units}")
    return ", ".join([*rows, f"else:{typed.get('else-units', '')}"])


def seen(names: Sequence[str]) -> dict[str, str]:
    """What the form keeps of what it shows now."""
    values = services().shop_settings.values()
    return digests({name: values[name] for name in names})


def digests(values: Mapping[str, str]) -> dict[str, str]:
    """A long text by its digest, so that it is not sent twice."""
    return {name: _digest(value) if len(value) > _LONG else value for name, value in values.items()}


def seen_values(names: Sequence[str], kept: Any, sent: Mapping[str, object]) -> dict[str, str]:
    """What the form showed. A long text that is another one by now is the one `sent`, where nobody changed that, and
    else something that nobody wrote."""
    if not isinstance(kept, dict) or not all(isinstance(kept.get(name), str) for name in names):
        raise InvalidInput(_OUTDATED)
    present = services().shop_settings.values()
    return {name: _undigested(kept[name], present[name], sent.get(name)) for name in names}


def _undigested(kept: str, *texts: object) -> str:
    if not kept.startswith(_DIGEST):
        return kept
    return next((text for text in texts if isinstance(text, str) and _digest(text) == kept), kept)


def _digest(value: str) -> str:
    return _DIGEST + hashlib.sha256(value.encode()).hexdigest()


def short(value: Any) -> str:
    text = str(value)
    return (f"{text[:_SHOWN]} …" if len(text) > _SHOWN else text) or "nothing"


def choices() -> dict[str, Sequence[tuple[str, str]]]:
    return {
        "timezone": [(one, one.replace("_", " ")) for one in time_zones()],
        "tax_prices": [("added", "Tax comes on top"), ("included", "Prices include tax")],
        "tax_shipping": [
            (FOLLOWS_GOODS, "As the goods that are sent"),
            *((name, f"As goods of the class “{words}”") for name, words in TAX_CLASSES.items()),
            (UNTAXED, "Not taxed"),
        ],
        "tax_reverse": [
            ("no", "Are not asked for"),
            ("ask", "Are asked for, and stand on the invoice"),
            ("yes", "Are asked for; in other EU countries the reverse charge applies"),
        ],
        **{name: [("on", "Offered"), ("off", "Not offered")] for name in ("pay_card", "pay_transfer", "pay_delivery")},
        "currency": [(code, f"{code}, {name}") for code, name in currencies()],
    }
