"""Settings: a wrong one stops the start with its name and what it should be."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.serving import _check_port
from app.errors import StartupError
from app.settings.environment import SECRET_KEY_LENGTH, load_settings
from app.wiring import stores
from tests.support.certificates import authority


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "shop.example"),
        ("public_url", "ftp://shop.example"),
        ("public_url", "https://"),
        ("public_url", "https://shop.example:port"),
        ("public_url", "https://shop.example/shop"),
        ("alert_email", "nobody"),
        ("alert_email", "a b@shop.example"),
        ("notifier", "smoke"),
        ("ses_sender", "nobody"),
        ("ses_sender", "Shop shop@shop.example"),
        ("ses_sender", "Shop <shop@shop.example>, other@shop.example"),
        ("ses_sender", "Shop <shop@localhost>"),
        ("ses_configuration_set", "shop mail"),
        ("sns_topic_arn", "low-stock"),
        ("sns_topic_arn", "arn:aws:sqs:eu-west-1:123456789012:low-stock"),
        ("ses_events_topic_arn", "arn:aws:sns:eu-west-1:1:events"),
        ("database_secret_arn", "rds!db-1"),
        ("database_ca", "/etc/ssl/rds.pem"),
        ("database_ca", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----"),
        ("s3_bucket", "s3://pictures"),
        ("s3_bucket", "Pictures"),
        ("low_stock_rule", "500-100:5, else:1"),
        ("low_stock_rule", "else:5, 100-500:9, else:1"),
        ("low_stock_rule", "100-500:50"),
        ("tax_rate", "5"),
        ("store_timezone", "Mars/Olympus"),
        ("currency", "XX"),
        ("store_country", "XX"),
        ("store_country", "India"),
        ("store_country", "AQ"),
        ("port", "many"),
        ("staff_second_factor", "perhaps"),
        ("catalog_backend", "mongodb"),
        ("dynamodb_table_prefix", "my shop-"),
        ("dynamodb_table_prefix", "x" * 201),
        ("trusted_proxies", "-1"),
        ("trusted_proxies", "6"),
        ("trusted_proxies", "one"),
        ("log_format", "xml"),
        ("metrics_namespace", "AWS/RetailSync"),
        ("request_id_header", "X-Forwarded-For"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(StartupError, match=name.upper()):
        load_settings(_env_file=None, **{name: value})


@pytest.mark.parametrize(
    ("locale", "country", "comes_to"),
    [("en_IN", "", "IN"), ("de", "", "DE"), ("zh_Hant", "", "TW"), ("es_419", "mx", "MX"), ("en_GB", "IE", "IE")],
)
def test_the_shops_country_is_that_of_its_locale_unless_it_is_set(locale: str, country: str, comes_to: str) -> None:
    assert load_settings(_env_file=None, store_locale=locale, store_country=country).country == comes_to


@pytest.mark.parametrize("locale", ["es_419", "en_001", "eo"])
def test_a_locale_without_a_country_needs_one(locale: str) -> None:
    with pytest.raises(StartupError, match=f"STORE_COUNTRY: is required, since STORE_LOCALE {locale} names no country"):
        load_settings(_env_file=None, store_locale=locale)


def test_behind_proxies_the_public_address_is_required() -> None:
    """Without it cookies would lack Secure and answers HSTS, though everybody comes over TLS."""
    with pytest.raises(StartupError, match="PUBLIC_URL: is required behind proxies"):
        load_settings(_env_file=None, trusted_proxies="1")
    assert load_settings(_env_file=None, trusted_proxies="1", public_url="https://shop.example").trusted_proxies == 1


def test_only_a_proxy_of_ones_own_gives_requests_their_ids() -> None:
    with pytest.raises(StartupError, match=r"REQUEST_ID_HEADER: .* set TRUSTED_PROXIES"):
        load_settings(_env_file=None, request_id_header="X-Request-Id")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_secret_arn", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-0a1b-2c-AbCdEf"),
        ("database_ca", authority().pem),
    ],
)
def test_what_a_database_server_is_entered_with_needs_one(name: str, value: str) -> None:
    with pytest.raises(StartupError, match=f"{name.upper()}: needs a database server: set DATABASE_URL"):
        load_settings(_env_file=None, **{name: value})
    server = {"database_url": "mysql+pymysql://shop@db/shop", "secret_key": "k" * 32, "allow_demo_payments": "true"}
    assert getattr(load_settings(_env_file=None, **server, **{name: value}), name) == value


def test_a_wrong_setting_is_explained_in_words() -> None:
    with pytest.raises(StartupError) as wrong:
        load_settings(_env_file=None, staff_second_factor="perhaps", trusted_proxies="6")
    assert "STAFF_SECOND_FACTOR: should be true or false (it is 'perhaps')" in str(wrong.value)
    assert "TRUSTED_PROXIES: should be a number from 0 to 5: how many proxies of your own" in str(wrong.value)


def test_what_leaving_mail_needs_is_asked_for_by_name() -> None:
    with pytest.raises(StartupError) as wrong:
        load_settings(_env_file=None, notifier="aws")
    assert "SES_SENDER: is required with NOTIFIER=aws: an address such as" in str(wrong.value)
    assert "SNS_TOPIC_ARN: is required with NOTIFIER=aws: the ARN of an SNS topic" in str(wrong.value)


@pytest.mark.parametrize(
    "sender", ["shop@shop.example", "Retail Sync <shop@shop.example>", '"Sync, Retail" <a@b.example>']
)
def test_who_mail_can_come_from(sender: str) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:low-stock"
    settings = load_settings(_env_file=None, notifier="aws", ses_sender=sender, sns_topic_arn=topic)
    assert settings.ses_sender == sender


def test_services_of_amazon_need_a_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(StartupError, match="AWS_DEFAULT_REGION: is required with S3_BUCKET"):
        stores.images_of(load_settings(_env_file=None, s3_bucket="shop-pictures"))


@pytest.mark.parametrize("url", ["http://localhost:5000", "https://shop.example/", ""])
def test_where_a_shop_can_be(url: str) -> None:
    assert load_settings(_env_file=None, public_url=url).public_url == url


def test_the_embedded_key_is_made_once(tmp_path: Path) -> None:
    keys = {load_settings(_env_file=None, data_dir=tmp_path).resolved_secret_key() for _ in range(2)}
    assert [len(key) >= SECRET_KEY_LENGTH for key in keys] == [True]


@pytest.mark.parametrize("kept", [b"", b"cut off", b"\xff" * 48])
def test_a_kept_key_that_is_none_is_named(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(kept)
    with pytest.raises(StartupError, match=r"SECRET_KEY: .*secret_key"):
        load_settings(_env_file=None, data_dir=tmp_path).resolved_secret_key()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_named(taken_port: int) -> None:
    with pytest.raises(StartupError, match=r"PORT: .* is taken"):
        _check_port("127.0.0.1", taken_port)


@pytest.mark.parametrize("host", ["999.1.1.1", "192.0.2.1", "a..b"])
def test_a_host_that_is_not_this_machine_is_no_taken_port(host: str) -> None:
    with pytest.raises(StartupError, match="HOST: should be"):
        _check_port(host, 5031)
