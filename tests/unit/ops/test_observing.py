"""Stores tell how long they took and whether they are away, in few words of their own."""

from __future__ import annotations

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError
from sqlalchemy import text

from app.errors import StoreUnavailable
from app.ops import store_calls
from app.stores.dynamo.client import Dynamo
from app.stores.sql.engine.database import Database
from tests.support.aws import ENVIRONMENT
from tests.support.faults import Raw


class Notes:
    def __init__(self) -> None:
        self.took, self.away = [], []

    def store_took(self, store, operation, seconds):
        assert 0 <= seconds < 10
        self.took.append((store, operation))

    def store_away(self, store, is_away):
        self.away.append((store, is_away))


@pytest.fixture
def notes(monkeypatch):
    notes = Notes()
    monkeypatch.setattr(store_calls, "_observer", notes)
    return notes


def test_sql_statements_and_commits_by_their_kind(tmp_path, notes):
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    database.write(lambda connection: connection.execute(text("CREATE TABLE kept (one INTEGER)")))
    store_calls.report()
    notes.took.clear()
    database.write(lambda connection: connection.execute(text("INSERT INTO kept VALUES (:one)"), {"one": 4711}))
    database.read(lambda connection: connection.execute(text("  select one FROM kept")).all())
    database.dispose()
    assert [operation for _, operation in notes.took if operation != "other"] == ["insert", "commit", "select"]
    assert {store for store, _ in notes.took} == {"sql"}


def test_dynamodb_by_operation_and_when_it_is_away_and_back(monkeypatch, notes):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    dynamo = Dynamo("x-", retry_seconds=0.01)
    gone = [True]

    def answer(request, **_):
        if gone[0]:
            raise EndpointConnectionError(endpoint_url=request.url)
        return AWSResponse(request.url, 200, {}, Raw(b"{}"))

    dynamo.client.meta.events.register("before-send.dynamodb", answer)
    with pytest.raises(StoreUnavailable):
        dynamo.get("products", {"product_id": "MUG"})
    assert notes.away == [("dynamodb", True)]
    assert set(notes.took) == {("dynamodb", "get_item")}
    gone[0] = False
    monkeypatch.setattr(dynamo._breaker, "_next_try", 0.0)
    assert dynamo.get("products", {"product_id": "MUG"}) is None
    assert notes.away == [("dynamodb", True), ("dynamodb", False)]
