"""Settings from the environment and `.env`; a wrong one stops the start with its name and what it should be."""

from __future__ import annotations

import os
import re
import secrets
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, list_currencies
from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.errors import StartupError

SECRET_KEY_LENGTH = 32

ThresholdRule = tuple[tuple[int, int | None, int], ...]  # (from, below or None, threshold), prices in major units


class Settings(BaseSettings):
    """Frozen; built once per process by `load_settings`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    store_name: str = Field("Retail Sync", min_length=1, max_length=60)
    store_timezone: str = "Asia/Kolkata"
    store_locale: str = "en_IN"
    currency: str = "INR"
    tax_rate: Decimal = Decimal("0.05")
    low_stock_rule: Annotated[ThresholdRule, NoDecode] = ((100, 500, 50), (500, 1000, 25), (0, None, 15))

    data_dir: Path = Path("data")
    database_url: str = ""
    catalog_backend: Literal["sql", "dynamodb"] = "sql"
    dynamodb_table_prefix: str = "retail-sync-"
    notifier: Literal["local"] = "local"
    payment_provider: Literal["demo"] = "demo"
    allow_demo_payments: bool = False
    alert_email: str = "stock@shop.example"
    secret_key: str = ""
    staff_second_factor: bool = False  # staff without one act as customers until they have set it up

    host: str = "127.0.0.1"
    port: int = Field(5000, ge=1, le=65535)
    public_url: str = ""
    trusted_proxies: int = Field(0, ge=0, le=5)  # more than there are, and callers choose their own address
    web_workers: int = Field(2, ge=1, le=64)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("store_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("an IANA time zone such as Asia/Kolkata or Europe/London") from error
        return value

    @field_validator("store_locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        try:
            Locale.parse(value)
        except (UnknownLocaleError, ValueError) as error:
            raise ValueError("a locale such as en_IN or en_GB") from error
        return value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if value not in list_currencies():
            raise ValueError("a three-letter ISO 4217 code such as INR or GBP")
        return value

    @field_validator("tax_rate", mode="before")
    @classmethod
    def _fraction(cls, value: Any) -> Decimal:
        words = "a fraction from 0 to below 1, such as 0.05 for 5 %"
        try:
            rate = Decimal(str(value))
        except InvalidOperation as error:
            raise ValueError(words) from error
        if not rate.is_finite() or not 0 <= rate < 1:
            raise ValueError(words)
        return rate

    @field_validator("low_stock_rule", mode="before")
    @classmethod
    def _rule(cls, value: Any) -> Any:
        return parse_threshold_rule(value) if isinstance(value, str) else value

    @field_validator("staff_second_factor", "allow_demo_payments", mode="wrap")
    @classmethod
    def _yes_or_no(cls, value: Any, parse: ValidatorFunctionWrapHandler) -> bool:
        try:
            return bool(parse(value))
        except ValidationError as error:
            raise ValueError("true or false") from error

    @field_validator("trusted_proxies", mode="wrap")
    @classmethod
    def _few(cls, value: Any, parse: ValidatorFunctionWrapHandler) -> int:
        try:
            return int(parse(value))
        except ValidationError as error:
            raise ValueError(
                "a number from 0 to 5: how many proxies of your own every request comes through"
            ) from error

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value:
            return value
        words = "sqlite:////path/to/shop.db or mysql+pymysql://user:password@host/database"
        try:
            backend = make_url(value).drivername
        except ArgumentError as error:
            raise ValueError(words) from error
        if backend not in ("sqlite", "mysql+pymysql"):
            raise ValueError(words)
        return value

    @field_validator("dynamodb_table_prefix")
    @classmethod
    def _part_of_a_table_name(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", value):
            raise ValueError("up to 200 letters, digits, '-', '_' and '.', such as retail-sync-")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        words = "an address such as https://shop.example"
        try:
            parts = urlsplit(value)
            is_origin = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError as error:
            raise ValueError(words) from error
        if value and (not is_origin or parts.path.strip("/") or parts.query or parts.fragment):
            raise ValueError(words)
        return value

    @field_validator("alert_email")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            raise ValueError("an e-mail address such as stock@shop.example")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_key(cls, value: str) -> str:
        if value and len(value) < SECRET_KEY_LENGTH:
            raise ValueError(f"at least {SECRET_KEY_LENGTH} random characters")
        return value

    @model_validator(mode="after")
    def _safe_together(self) -> Settings:
        if not self.is_embedded and not self.secret_key:
            raise ValueError(
                f"SECRET_KEY: is required with a database server: at least {SECRET_KEY_LENGTH} random characters"
            )
        if not self.is_embedded and self.payment_provider == "demo" and not self.allow_demo_payments:
            raise ValueError(
                "PAYMENT_PROVIDER: 'demo' takes no money and is refused with a database server; "
                "for a staging shop set ALLOW_DEMO_PAYMENTS=true"
            )
        return self

    @property
    def is_embedded(self) -> bool:
        """True for the single-machine default on SQLite."""
        return not self.database_url or self.database_url.startswith("sqlite")

    @cached_property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'shop.db').resolve()}"

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store_timezone)

    @cached_property
    def currency_digits(self) -> int:
        """Decimals of the currency: 2 for INR, 0 for JPY."""
        return get_currency_precision(self.currency)

    def default_threshold(self, price: int) -> int:
        """The low-stock threshold of a price in minor units: that of the first band it is in."""
        major = Decimal(price).scaleb(-self.currency_digits)
        return next(t for low, high, t in self.low_stock_rule if high is None or low <= major < high)

    @cached_property
    def base_url(self) -> str:
        """Where people reach the shop, without a trailing slash."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @cached_property
    def images_dir(self) -> Path:
        return self.data_dir / "images"

    def resolved_secret_key(self) -> str:
        """The configured key, or for the embedded default one that is made once and kept in `data_dir`."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret_key"
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with open(path, "x", opener=_private) as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        except OSError as error:
            raise StartupError(f"DATA_DIR: cannot write to {self.data_dir}: {error.strerror}.") from error
        try:
            key = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise StartupError(f"SECRET_KEY: the key kept in {path} cannot be read: {error}.") from error
        if len(key) < SECRET_KEY_LENGTH:  # cut off while it was written
            raise StartupError(f"SECRET_KEY: {path} holds no whole key. Delete it: the next start makes a new one.")
        return key


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def parse_threshold_rule(text: str) -> ThresholdRule:
    """Parse `100-500:50, 500-1000:25, else:15`: price from (inclusive) - below (exclusive), in major units."""
    words = "price bands such as 100-500:50, 500-1000:25, else:15"
    bands: list[tuple[int, int | None, int]] = []
    try:
        for part in text.split(","):
            band, threshold = part.strip().split(":")
            if band.strip() == "else":
                bands.append((0, None, int(threshold)))
            else:
                low, high = band.split("-")
                bands.append((int(low), int(high), int(threshold)))
    except ValueError as error:
        raise ValueError(words) from error
    *ranges, last = bands or [(0, 0, 0)]
    is_sound = last[1] is None and all(high is not None and 0 <= low < high for low, high, _ in ranges)
    if not is_sound or any(threshold < 0 for _, _, threshold in bands):
        raise ValueError(words)
    return tuple(bands)


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`; raises `StartupError` naming every wrong setting."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [_explain(dict(e)) for e in error.errors()]
        raise StartupError("Wrong settings:\n" + "\n".join(f"  {line}" for line in lines)) from error


def _explain(error: dict[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = str(error["loc"][0]).upper()
    shown = "" if name == "SECRET_KEY" else f" (it is {error.get('input')!r})"
    return f"{name}: should be {_decapitalised(message)}{shown}"


def _decapitalised(message: str) -> str:
    message = message.removeprefix("Input should be ")
    return message[:1].lower() + message[1:]
