"""Settings as they are in force: what the environment says, and what admins set of the rest.

An environment variable that is set wins. Everything here that is "in force" is asked for anew each time, so that
a change by another process holds as soon as this one knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.mail_texts import TEXT_SETTINGS, MailTexts
from app.domain.order_money import TaxMode
from app.domain.shop import CONTENT_PAGES, DELIVERY_DAYS, TRANSFER_DAYS, Shop, pages_of
from app.domain.taxes import FOLLOWS_GOODS, Buyer, TaxRules, one_rate
from app.settings.checks import parse_threshold_rule
from app.settings.environment import Settings
from app.settings.tax_lines import parse_rates

# What is a variable of the environment, too: by the name that it is stored under, the setting's.
OF_ENVIRONMENT: dict[str, str] = {
    "name": "store_name",
    "timezone": "store_timezone",
    "currency": "currency",
    "low_stock_rule": "low_stock_rule",
}
TEXTS = ("legal_name", "address", "tax_number", "email", "phone")
LOOKS = ("logo", "accent", "accent_dark")
MAIL = ("sender_name", "reply_to", "mail_footer")
PAGES = tuple(f"page_{name}" for name in CONTENT_PAGES)
TAXES = ("tax_prices", "tax_rates", "tax_shipping", "tax_reverse", "tax_region")
OF_TAXES = {"tax_prices": TaxMode.ADDED.value, "tax_shipping": FOLLOWS_GOODS, "tax_reverse": "no"}  # unless set
ON, OFF = "on", "off"
OF_PAYMENT = {  # unless set
    "pay_card": ON,
    "pay_transfer": OFF,
    "transfer_days": str(TRANSFER_DAYS),
    "pay_delivery": OFF,
    "delivery_days": str(DELIVERY_DAYS),
}
PAYMENT = (*OF_PAYMENT, "transfer_text")
NAMES = (*OF_ENVIRONMENT, *TEXTS, *LOOKS, *MAIL, *PAGES, *TAXES, *PAYMENT, *TEXT_SETTINGS)


def locked_by_environment(environment: Settings) -> frozenset[str]:
    """The stored names of settings that are variables, and set."""
    return frozenset(name for name, setting in OF_ENVIRONMENT.items() if setting in environment.model_fields_set)


def settings_with(environment: Settings, stored: Mapping[str, str]) -> Settings:
    """The environment's settings with what admins set where it says nothing."""
    locked = locked_by_environment(environment)
    values: dict[str, Any] = {
        setting: stored[name] for name, setting in OF_ENVIRONMENT.items() if stored.get(name) and name not in locked
    }
    if rule := values.get("low_stock_rule"):
        values["low_stock_rule"] = parse_threshold_rule(rule)
    return environment.changed(values) if values else environment


def mail_texts_of(values: Mapping[str, str]) -> MailTexts:
    return MailTexts(tuple((name, values[name]) for name in TEXT_SETTINGS if values.get(name)))


def shop_of(settings: Settings, stored: Mapping[str, str], revision: str) -> Shop:
    """`settings`: those of `settings_with`."""
    texts = {name: stored.get(name, "") for name in (*TEXTS, *LOOKS, *MAIL)}
    pages = pages_of({name: stored.get(f"page_{name}", "") for name in CONTENT_PAGES})
    chosen = OF_PAYMENT | {name: stored[name] for name in OF_PAYMENT if stored.get(name)}
    return Shop(
        name=settings.store_name,
        **texts,
        takes_cards=chosen["pay_card"] == ON,
        # Nobody can pay into an account that is not named.
        takes_transfers=chosen["pay_transfer"] == ON and bool(stored.get("transfer_text")),
        transfer_text=stored.get("transfer_text", ""),
        transfer_days=int(chosen["transfer_days"]),
        takes_on_delivery=chosen["pay_delivery"] == ON,
        delivery_days=int(chosen["delivery_days"]),
        pages=pages,
        mail_texts=mail_texts_of(stored),
        revision=revision,
    )


def taxes_of(settings: Settings, stored: Mapping[str, str]) -> TaxRules:
    """The one rate of the environment, where admins set none."""
    home = Buyer(settings.country, stored.get("tax_region", ""))
    chosen = OF_TAXES | {name: stored[name] for name in OF_TAXES if stored.get(name)}
    text = stored.get("tax_rates", "")
    rates = parse_rates(text, "tax_rates") if text else one_rate(settings.tax_rate).rates
    asked = chosen["tax_reverse"]
    return TaxRules(
        rates,
        home,
        TaxMode(chosen["tax_prices"]),
        chosen["tax_shipping"],
        asks_vat_number=asked != "no",
        reverse_charge=asked == "yes",
    )


class InForce:
    """Stands for what `now` gives: each attribute is looked up anew, and equality and hash are those of it now."""

    __slots__ = ("_now",)

    def __init__(self, now: Callable[[], Any]) -> None:
        self._now = now

    def __getattr__(self, name: str) -> Any:
        return getattr(self._now(), name)

    def __eq__(self, other: object) -> bool:
        return bool(self._now() == (other._now() if type(other) is InForce else other))

    def __hash__(self) -> int:
        return hash(self._now())

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._now())


class StoreClock(tzinfo):
    """The clocks of the store's time zone, whichever it is now, for those who keep a zone for long."""

    def __init__(self, now: Callable[[], ZoneInfo]) -> None:
        self._now = now

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        return self._now().utcoffset(at)

    def dst(self, at: datetime | None) -> timedelta | None:
        return self._now().dst(at)

    def tzname(self, at: datetime | None) -> str | None:
        return self._now().tzname(at)

    def fromutc(self, at: datetime) -> datetime:
        zone = self._now()
        return zone.fromutc(at.replace(tzinfo=zone))

    def __str__(self) -> str:
        return str(self._now())
