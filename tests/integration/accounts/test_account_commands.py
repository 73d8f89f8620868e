"""Accounts from the command line: for whoever owns the machine."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from app.__main__ import main
from app.domain import Role
from app.services import Services
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import audit_log, recovery_codes, users
from tests.support.shop import PASSWORD, SECRET_KEY, build, settings_for

OTHER = "eight tame ducks"
Run = Callable[..., int]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Services, Database]:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    return build(settings_for(tmp_path))


@pytest.fixture
def run(shop: tuple[Services, Database], monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*arguments: str, typed: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return main(arguments)

    return command


def create_admin(run: Run) -> int:
    names = ("--email", "boss@shop.example", "--name", "Asha Menon", "--password-stdin")
    return run("create-admin", *names, typed=f"{PASSWORD}\n")


def logged(database: Database) -> list[tuple[str, ...]]:
    columns = (audit_log.c.action, audit_log.c.target_name, audit_log.c.via, audit_log.c.outcome)
    query = select(*columns).order_by(audit_log.c.audit_id)
    return [tuple(row) for row in database.read(lambda c: c.execute(query).all())]


def test_an_admin_made_here_has_a_confirmed_address_and_is_written_down(shop, run) -> None:
    built, database = shop
    assert create_admin(run) == 0
    admin = built.accounts.authenticate("boss@shop.example", PASSWORD)
    assert admin.role is Role.ADMIN
    assert admin.email_verified_at is not None
    assert logged(database) == [("staff.create", "Asha Menon <boss@shop.example>", "command line", "done")]


def test_a_password_set_here_ends_the_sessions(shop, run, capsys) -> None:
    built, database = shop
    create_admin(run)
    before = built.accounts.by_email("boss@shop.example")
    assert run("set-password", "Boss@Shop.example", typed=f"{OTHER}\n") == 0
    after = built.accounts.authenticate("boss@shop.example", OTHER)
    assert after.session_version == before.session_version + 1
    assert logged(database)[-1][0] == "staff.password"
    said = capsys.readouterr()
    assert OTHER not in said.out + said.err
    assert OTHER not in str(logged(database))


def test_the_audit_log_gets_no_customers_name(shop, run) -> None:
    built, database = shop
    user = built.accounts.register("Ada", "ada@shop.example", PASSWORD)
    assert run("set-password", "ada@shop.example", typed=f"{OTHER}\n") == 0
    assert logged(database) == [("staff.password", f"customer {user.user_id}", "command line", "done")]


def test_a_refused_password_changes_nothing(shop, run, capsys) -> None:
    built, _ = shop
    create_admin(run)
    assert run("set-password", "boss@shop.example", typed="password123\n") == 2
    assert "first passwords that guessers try" in capsys.readouterr().err
    assert built.accounts.authenticate("boss@shop.example", PASSWORD)


def test_an_unknown_address_is_named(run, capsys) -> None:
    assert run("set-password", "nobody@shop.example", typed=f"{OTHER}\n") == 2
    assert run("reset-second-factor", "nobody@shop.example") == 2
    assert capsys.readouterr().err.count("There is no account with the e-mail address nobody@shop.example.") == 2


def test_a_lost_phone_is_helped_and_its_owner_told(shop, run, capsys) -> None:
    built, database = shop
    create_admin(run)
    admin = built.accounts.by_email("boss@shop.example")
    factor = {"totp_secret": "s", "totp_enabled_at": admin.created_at, "totp_last_step": 1}
    database.write(lambda c: c.execute(update(users).values(factor)))
    code = {"user_id": admin.user_id, "code_hash": "0" * 64}
    database.write(lambda c: c.execute(insert(recovery_codes).values(code)))
    assert run("reset-second-factor", "boss@shop.example") == 0
    assert not built.accounts.by_email("boss@shop.example").has_second_factor
    assert database.read(lambda c: c.execute(select(recovery_codes)).all()) == []
    assert logged(database)[-1][0] == "staff.second_factor"
    built.worker.tick()
    (mail,) = built.notifications.mailbox(kind="account").items
    assert (mail.message.to, mail.message.subject) == ("boss@shop.example", "The second factor for Retail Sync is off")
    assert run("reset-second-factor", "boss@shop.example") == 2
    assert "has no second factor" in capsys.readouterr().err
