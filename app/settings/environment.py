"""Settings from the environment and `.env`; a wrong one stops the start with its name and what it should be."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.domain.places import home_country
from app.errors import StartupError
from app.settings.checks import (
    SECRET_KEY_LENGTH,
    SENDER,
    SERVER,
    TOPIC,
    Bucket,
    Certificates,
    ConfigurationSet,
    CountryCode,
    Currency,
    DatabaseUrl,
    Fraction,
    LocaleName,
    MailAddress,
    MailSender,
    MetricsNamespace,
    Proxies,
    SecretArn,
    SecretKey,
    StripeKey,
    StripeWebhookSecret,
    TablePrefix,
    ThresholdRule,
    TimeZone,
    TopicArn,
    WebOrigin,
    WholeNumber,
    YesOrNo,
)


class Settings(BaseSettings):
    """What the environment says. Frozen; built once per process by `load_settings`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    store_name: str = Field("Retail Sync", min_length=1, max_length=60)
    store_timezone: TimeZone = "Asia/Kolkata"
    store_locale: LocaleName = "en_IN"
    store_country: CountryCode = ""  # `country` is what it comes to
    currency: Currency = "INR"
    tax_rate: Fraction = Decimal("0.05")
    low_stock_rule: ThresholdRule = ((100, 500, 50), (500, 1000, 25), (0, None, 15))

    data_dir: Path = Path("data")
    database_url: DatabaseUrl = ""
    database_secret_arn: SecretArn = ""  # holds the password that DATABASE_URL leaves out
    database_ca: Certificates = ""  # who may have signed the database server's certificate
    catalog_backend: Literal["sql", "dynamodb"] = "sql"
    dynamodb_table_prefix: TablePrefix = "retail-sync-"
    notifier: Literal["local", "aws"] = "local"
    payment_provider: Literal["demo", "stripe", "none"] = "demo"  # `cards_by` is what it comes to
    allow_demo_payments: YesOrNo = False
    stripe_secret_key: StripeKey = ""
    stripe_webhook_secret: StripeWebhookSecret = ""
    stripe_api_base: WebOrigin = ""  # where Stripe is; for tests
    alert_email: MailAddress = "stock@shop.example"
    ses_sender: MailSender = ""
    ses_configuration_set: ConfigurationSet = ""
    ses_events_topic_arn: TopicArn = ""
    sns_topic_arn: TopicArn = ""
    s3_bucket: Bucket = ""
    secret_key: SecretKey = ""
    staff_second_factor: YesOrNo = False  # staff without one act as customers until they have set it up

    allow_local_webhooks: YesOrNo = False  # over http and to this machine, for development

    host: str = "127.0.0.1"
    port: WholeNumber = Field(5000, ge=1, le=65535)
    public_url: WebOrigin = ""
    trusted_proxies: Proxies = 0
    web_workers: WholeNumber = Field(2, ge=1, le=64)
    reconcile_every_hours: float = Field(24.0, ge=0, le=24 * 366)  # 0: the worker never looks at the books by itself
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    metrics_namespace: MetricsNamespace = "RetailSync"
    request_id_header: Literal["", "X-Request-Id", "X-Amzn-Trace-Id"] = ""

    @model_validator(mode="after")
    def _safe_together(self) -> Settings:
        if not self.country:
            raise ValueError(
                f"STORE_COUNTRY: is required, since STORE_LOCALE {self.store_locale} names no country: "
                "the two letters of the shop's own by ISO 3166, such as MX"
            )
        if not self.is_embedded and not self.secret_key:
            raise ValueError(
                f"SECRET_KEY: is required with a database server: at least {SECRET_KEY_LENGTH} random characters"
            )
        for name in ("database_secret_arn", "database_ca"):
            if self.is_embedded and getattr(self, name):
                raise ValueError(f"{name.upper()}: needs a database server: set DATABASE_URL, such as {SERVER}")
        if self.trusted_proxies and not self.public_url:
            raise ValueError(
                "PUBLIC_URL: is required behind proxies (TRUSTED_PROXIES): the address that people type, "
                "such as https://shop.example; secure cookies and the links in e-mails go by it"
            )
        if self.request_id_header and not self.trusted_proxies:
            raise ValueError(
                "REQUEST_ID_HEADER: only a proxy of your own may give requests their ids: set TRUSTED_PROXIES as well"
            )
        if not self.is_embedded and self.cards_by == "demo" and not self.allow_demo_payments:
            raise ValueError(
                "PAYMENT_PROVIDER: 'demo' takes no money and is refused with a database server; "
                "for a staging shop set ALLOW_DEMO_PAYMENTS=true"
            )
        if not self.is_embedded and self.allow_local_webhooks:
            raise ValueError(
                "ALLOW_LOCAL_WEBHOOKS: is for development on one machine, and refused with a database server"
            )
        if self.cards_by == "stripe":
            stripe = ("stripe_secret_key", "stripe_webhook_secret", "public_url")
            empty = [
                f"{name.upper()}: is required for payments by Stripe" for name in stripe if not getattr(self, name)
            ]
            if empty:
                raise ValueError("\n  ".join(empty))
        if self.notifier == "aws":
            needed = {"SES_SENDER": (self.ses_sender, SENDER), "SNS_TOPIC_ARN": (self.sns_topic_arn, TOPIC)}
            missing = [
                f"{name}: is required with NOTIFIER=aws: {what}" for name, (value, what) in needed.items() if not value
            ]
            if missing:
                raise ValueError("\n  ".join(missing))
        return self

    @property
    def cards_by(self) -> str:
        """Who takes cards: "stripe" as soon as its key is set, unless PAYMENT_PROVIDER says otherwise."""
        if self.stripe_secret_key and "payment_provider" not in self.model_fields_set:
            return "stripe"
        return self.payment_provider

    @property
    def is_embedded(self) -> bool:
        """True for the single-machine default on SQLite."""
        return not self.database_url or self.database_url.startswith("sqlite")

    @cached_property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'shop.db').resolve()}"

    @property
    def country(self) -> str:
        """The shop's own, ISO 3166 alpha-2; where it is not set, the one of the locale or of most who speak it."""
        return self.store_country or home_country(self.store_locale)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store_timezone)

    @cached_property
    def currency_digits(self) -> int:
        """Decimals of the currency: 2 for INR, 0 for JPY."""
        return get_currency_precision(self.currency)

    def default_threshold(self, price: int) -> int:
        """The low-stock threshold of a price in minor units: that of the first band it is in."""
        return self.low_stock_rule[self.band_of(price)][2]

    def band_of(self, price: int) -> int:
        """Which band of the low-stock rule comes first of those that a price in minor units is in."""
        major = Decimal(price).scaleb(-self.currency_digits)
        bands = enumerate(self.low_stock_rule)
        return next(at for at, (low, high, _) in bands if high is None or low <= major < high)

    @cached_property
    def base_url(self) -> str:
        """Where people reach the shop, without a trailing slash."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @cached_property
    def images_dir(self) -> Path:
        return self.data_dir / "images"

    def changed(self, values: Mapping[str, Any]) -> Settings:
        """The same with other `values` by setting, which are not checked."""
        copy = self.model_copy(update=dict(values))
        for name in ("zone", "currency_digits"):  # what was worked out of the values before
            copy.__dict__.pop(name, None)
        return copy

    def resolved_secret_key(self) -> str:
        """The configured key, or for the embedded default one that is made once and kept in `data_dir`."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret_key"
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
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


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`; raises `StartupError` naming every wrong setting."""
    return loaded(lambda: Settings(**overrides))


def loaded(make: Callable[[], Settings]) -> Settings:
    """What `make` gives; raises `StartupError` naming every wrong setting."""
    try:
        return make()
    except ValidationError as error:
        lines = [_explain(dict(e)) for e in error.errors()]
        raise StartupError("Wrong settings:\n" + "\n".join(f"  {line}" for line in lines)) from error


SECRETS = frozenset({"SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"})


def _explain(error: dict[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = str(error["loc"][0]).upper()
    shown = "" if name in SECRETS else f" (it is {error.get('input')!r})"
    return f"{name}: should be {_decapitalised(message)}{shown}"


def _decapitalised(message: str) -> str:
    message = message.removeprefix("Input should be ")
    return message[:1].lower() + message[1:]
