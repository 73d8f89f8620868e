"""The DynamoDB of the tests survives being killed, as tests of outages need."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from tests.support.dynoxide import Dynoxide, aws_environment


def test_a_killed_server_comes_back_on_its_port_with_its_data(
    dynoxide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Dynoxide(tmp_path / "dynamo.db") as server:
        assert server.url != dynoxide
        for name, value in aws_environment(server.url).items():
            monkeypatch.setenv(name, value)
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="things",
            KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client.put_item(TableName="things", Item={"name": {"S": "bell"}})
        url = server.url
        server.kill()
        server.start()
        assert server.url == url
        assert client.get_item(TableName="things", Key={"name": {"S": "bell"}})["Item"] == {"name": {"S": "bell"}}
