"""How the shop gets into a database server: over TLS that is checked, with a password that somebody else changes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from sqlalchemy import text

from app.errors import StoreUnavailable
from app.stores.aws import client
from app.stores.aws.database_password import ASKED_EVERY_SECONDS, DatabasePassword
from app.stores.sql.engine.database import Database
from tests.support.aws import ENVIRONMENT
from tests.support.certificates import authority
from tests.support.mariadb import PASSWORD, SCHEMA, USER, MariaDb, free_port, mariadb_or_skip

NEW_PASSWORD = "another-one-of-the-tests"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """Refuses whoever comes without TLS, as the stack's RDS does."""
    certificate, key = authority().sign_for("127.0.0.1", tmp_path_factory.mktemp("tls"))
    options = [f"--ssl-cert={certificate}", f"--ssl-key={key}", "--require-secure-transport=ON"]
    with mariadb_or_skip(free_port(), options) as server:
        yield server


def selected(database: Database, words: str) -> str:
    try:
        return str(database.read(lambda connection: connection.execute(text(words)).fetchall()[0][-1]))
    finally:
        database.dispose()


class TestTls:
    def test_a_server_whose_certificate_is_signed_by_the_authority_is_believed(self, server: MariaDb):
        database = Database(server.network_url, ca=authority().pem)
        assert selected(database, "SHOW STATUS LIKE 'Ssl_cipher'")

    def test_one_that_another_authority_signed_gets_no_password(self, server: MariaDb):
        with pytest.raises(StoreUnavailable):
            selected(Database(server.network_url, ca=authority("somebody else").pem), "SELECT 1")

    def test_a_name_that_the_certificate_is_not_for_is_refused(self, server: MariaDb):
        elsewhere = server.network_url.replace("@127.0.0.1:", "@localhost:")
        with pytest.raises(StoreUnavailable):
            selected(Database(elsewhere, ca=authority().pem), "SELECT 1")


class Kept:
    """A password that is asked for anew when it is refused."""

    def __init__(self, old: str, new: str) -> None:
        self.known, self._new = old, new

    def current(self) -> str:
        return self.known

    def renewed(self) -> str:
        self.known = self._new
        return self.known


@pytest.fixture
def url(server: MariaDb) -> Iterator[str]:
    yield server.network_url.replace(f":{PASSWORD}@", "@")
    server.run(f"SET PASSWORD FOR {USER}@'127.0.0.1' = PASSWORD('{PASSWORD}')")


class TestPassword:
    def test_a_changed_password_is_taken_up_by_new_connections_and_open_ones_go_on(self, server: MariaDb, url: str):
        database = Database(url, password=Kept(PASSWORD, NEW_PASSWORD))
        with database.engine.connect() as before:
            server.run(f"SET PASSWORD FOR {USER}@'127.0.0.1' = PASSWORD('{NEW_PASSWORD}')")
            assert before.execute(text("SELECT 1")).scalar() == 1
            with database.engine.connect() as after:
                assert after.execute(text("SELECT DATABASE()")).scalar() == SCHEMA
        database.dispose()

    def test_one_that_nobody_knows_is_a_server_that_is_away(self, server: MariaDb, url: str):
        with pytest.raises(StoreUnavailable):
            selected(Database(url, password=Kept("wrong", "wrong as well")), "SELECT 1")


class TestSecretsManager:
    @pytest.fixture
    def secret(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        client.forget_clients()
        with mock_aws():
            made = boto3.client("secretsmanager").create_secret(Name="rds", SecretString=as_rds_keeps(PASSWORD))
            yield made["ARN"]
        client.forget_clients()

    def test_it_is_asked_once_and_again_when_the_password_is_refused(self, secret: str):
        now = [0.0]
        password = DatabasePassword(secret, clock=lambda: now[0])
        assert password.current() == PASSWORD
        boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=as_rds_keeps(NEW_PASSWORD))
        assert (password.current(), password.renewed()) == (PASSWORD, PASSWORD), "it was asked a moment ago"
        now[0] += ASKED_EVERY_SECONDS
        assert (password.renewed(), password.current()) == (NEW_PASSWORD, NEW_PASSWORD)

    @pytest.mark.parametrize("kept", ["plain words", "[]", '{"username": "shop"}', '"text"'])
    def test_a_secret_of_another_form_is_said_without_showing_it(self, secret: str, kept: str, caplog):
        boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=kept)
        with pytest.raises(StoreUnavailable):
            DatabasePassword(secret).current()
        assert "DATABASE_SECRET_ARN: The secret is no JSON object with a field 'password'." in caplog.text
        assert kept not in caplog.text

    def test_a_secret_that_is_not_there_is_named(self, secret: str, caplog):
        with pytest.raises(StoreUnavailable):
            DatabasePassword(secret + "x").current()
        assert "DATABASE_SECRET_ARN: Secrets Manager refused it (ResourceNotFoundException)." in caplog.text


def as_rds_keeps(password: str) -> str:
    return json.dumps({"username": USER, "password": password})
