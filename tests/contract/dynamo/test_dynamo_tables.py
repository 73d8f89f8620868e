"""Making the tables, and what a start says when they, or the way to them, are wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from app.__main__ import main
from app.errors import StartupError
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.tables import TABLES, _create, connect, migrate, require_tables
from tests.support.dynoxide import aws_environment
from tests.support.server import ROOT, free_port

NAMES = ("products", "carts", "reservations", "stock_marks")


@pytest.fixture
def empty(dynoxide: str, dynamo_environment: None, request: pytest.FixtureRequest) -> Iterator[Dynamo]:
    """A client whose prefix has no tables yet."""
    dynamo = connect(f"t{abs(hash(request.node.nodeid))}-")
    yield dynamo
    for name in tables_of(dynamo):
        dynamo.client.delete_table(TableName=name)


def tables_of(dynamo: Dynamo) -> list[str]:
    return [name for name in dynamo.client.list_tables()["TableNames"] if name.startswith(dynamo.prefix)]


def make(dynamo: Dynamo, name: str, key: str, kind: str, **more: Any) -> None:
    dynamo.client.create_table(
        TableName=dynamo.table(name),
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


class TestMigrate:
    def test_makes_every_table_once(self, empty: Dynamo):
        told = migrate(empty)
        assert [line for line in told if line.startswith("Made")] == [
            f"Made the DynamoDB table {empty.prefix}{name}." for name in NAMES
        ]
        assert not [line for line in migrate(empty) if line.startswith("Made")]
        require_tables(empty)

    def test_asks_for_on_demand_billing_expiry_and_says_what_it_did_not_get(self, empty: Dynamo):
        told = migrate(empty)
        for name in NAMES:
            table = empty.client.describe_table(TableName=empty.table(name))["Table"]
            assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
            assert any(f"{empty.prefix}{name} has no point-in-time recovery" in line for line in told)
        expiry = empty.client.describe_time_to_live(TableName=empty.table("carts"))["TimeToLiveDescription"]
        assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")

    def test_goes_on_where_it_was_interrupted(self, empty: Dynamo):
        make(empty, "carts", "owner", "S")
        assert len([line for line in migrate(empty) if line.startswith("Made the DynamoDB")]) == len(TABLES) - 1
        require_tables(empty)

    def test_gives_a_table_of_an_older_version_the_index_that_it_lacks(self, empty: Dynamo):
        make(empty, "carts", "owner", "S")
        with pytest.raises(StartupError, match=r"-carts has no index by_change\. Run: python -m app migrate"):
            migrate_all_but_carts(empty)
        assert any("Made the index by_change" in line for line in migrate(empty))
        require_tables(empty)
        assert not any("Made" in line for line in migrate(empty))

    @pytest.mark.parametrize(
        ("name", "key", "kind", "words"),
        [
            ("carts", "id", "S", r"its key is partition key id \(text\) and should be partition key owner \(text\)"),
            ("reservations", "order_id", "S", r"order_id \(text\) and should be partition key order_id \(number\)"),
            ("products", "product_id", "S", "it has no index recent_changes"),
        ],
    )
    def test_says_what_is_wrong_with_a_table_and_leaves_it(
        self, empty: Dynamo, name: str, key: str, kind: str, words: str
    ):
        make(empty, name, key, kind)
        before = empty.client.describe_table(TableName=empty.table(name))["Table"]
        for look in (migrate, require_tables):
            with pytest.raises(StartupError, match=words):
                look(empty)
        assert empty.client.describe_table(TableName=empty.table(name))["Table"] == before
        assert tables_of(empty) == [empty.table(name)]

    def test_says_that_carts_expire_by_another_attribute(self, empty: Dynamo):
        make(empty, "carts", "owner", "S")
        empty.client.update_time_to_live(
            TableName=empty.table("carts"), TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
        )
        with pytest.raises(StartupError, match="items expire by ttl and should by expires_at"):
            migrate(empty)


def migrate_all_but_carts(empty: Dynamo) -> None:
    for table in TABLES:
        if table.name != "carts":
            _create(empty, table)
    require_tables(empty)


class TestStart:
    def test_a_missing_table_is_named_with_what_makes_it(self, empty: Dynamo):
        migrate(empty)
        empty.client.delete_table(TableName=empty.table("reservations"))
        with pytest.raises(StartupError, match=r"-reservations is missing\. Run: python -m app migrate"):
            require_tables(empty)

    def test_without_a_region(self, monkeypatch: pytest.MonkeyPatch, dynoxide: str):
        self.environment(monkeypatch, dynoxide, AWS_DEFAULT_REGION=None, AWS_REGION=None)
        with pytest.raises(StartupError, match=r"^AWS_DEFAULT_REGION: is required"):
            connect("x-")

    def test_without_credentials(self, monkeypatch: pytest.MonkeyPatch, dynoxide: str):
        self.environment(monkeypatch, dynoxide, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it remembers credentials of earlier tests
        with pytest.raises(StartupError, match=r"needs AWS credentials.*AWS_ACCESS_KEY_ID"):
            require_tables(connect("x-"))

    def test_with_nobody_at_the_endpoint(self, monkeypatch: pytest.MonkeyPatch, dynoxide: str):
        self.environment(monkeypatch, "http://127.0.0.1:9")
        with pytest.raises(StartupError, match=r"cannot be reached at http://127\.0\.0\.1:9 .*AWS_ENDPOINT_URL"):
            require_tables(connect("x-"))

    def test_with_an_endpoint_that_is_no_address(self, monkeypatch: pytest.MonkeyPatch, dynoxide: str):
        self.environment(monkeypatch, "not an address")
        with pytest.raises(StartupError, match="AWS_ENDPOINT_URL_DYNAMODB"):
            connect("x-")

    @pytest.mark.parametrize("command", ["migrate", "worker", "demo"])
    def test_each_command_says_it_and_ends(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
    ):
        self.wrong(monkeypatch, tmp_path)
        assert main([command]) == 2
        assert "CATALOG_BACKEND: DynamoDB cannot be reached at http://127.0.0.1:9" in capsys.readouterr().err

    def test_the_server_says_it_and_ends(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        self.wrong(monkeypatch, tmp_path)
        monkeypatch.setenv("PORT", str(free_port()))
        ended = subprocess.run(
            [sys.executable, "-m", "app", "serve"], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 2
        assert "CATALOG_BACKEND: DynamoDB cannot be reached at http://127.0.0.1:9" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert "Listening" not in ended.stderr

    def wrong(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        assert main(["migrate"]) == 0
        monkeypatch.setenv("CATALOG_BACKEND", "dynamodb")
        self.environment(monkeypatch, "http://127.0.0.1:9")

    @staticmethod
    def environment(monkeypatch: pytest.MonkeyPatch, url: str, **changes: str | None) -> None:
        for name, value in (aws_environment(url) | changes).items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
