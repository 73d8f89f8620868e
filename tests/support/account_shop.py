"""The account services on real stores, and what a person finds in their mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from app.domain import LinkPurpose, Message, Role, User
from app.money import Formats
from app.services.accounts.accounts import AccountService
from app.services.accounts.api_tokens import TokenService
from app.services.accounts.link_tokens import LinkTokens
from app.services.accounts.mails import AccountMails
from app.services.accounts.personal_data import AccountData
from app.services.accounts.ports import Browser
from app.services.accounts.sessions import SessionService
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.services.jobs.ports import RollupStore
from app.services.jobs.worker import Worker
from app.services.limits.throttle import ThrottleService
from app.services.messages.notifications import Letterhead
from app.services.messages.unconfirmed_mailboxes import UnconfirmedMail
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql.accounts.api_tokens import SqlApiTokens
from app.stores.sql.accounts.links import SqlAccountLinks
from app.stores.sql.accounts.personal_data import SqlAccountRecords
from app.stores.sql.accounts.sessions import SqlSessions
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.limits.throttles import SqlThrottles
from app.stores.sql.tables import account_links, api_tokens, mailbox, outbox, recovery_codes, users

SECRET_KEY = "a key for tests only, long enough to be one"
BASE_URL = "https://shop.example"
PASSWORD = "seven wild geese"
OTHER = "eight tame ducks"
THIRD = "nine spotted owls"


class _NoRollups(RollupStore):
    def fold(self, limit: int) -> int:
        return 0


@dataclass
class AccountShop:
    """`stores`: a catalogue and carts that are not in the database."""

    database: Database
    stores: tuple[Catalog, Carts] | None = None

    def __post_init__(self) -> None:
        database = self.database
        catalog, self.carts = self.stores or (SqlCatalog(database), SqlCarts(database))
        self.users, self.links = SqlUsers(database), SqlAccountLinks(database)
        self.records = SqlAccountRecords(database)
        self.tokens = LinkTokens(SECRET_KEY, self.links)
        self.machines = TokenService(SqlApiTokens(database), self.users)
        self.sessions = SessionService(SqlSessions(database))
        tokens_of, sessions_of = SqlApiTokens(database).of, self.sessions.of
        self.data = AccountData(
            self.records, self.carts, catalog, tokens_of, lambda: "INR", lambda: "Retail Sync", sessions_of=sessions_of
        )
        self.accounts = AccountService(self.users, self.links, self.tokens, self.data, lambda: "Retail Sync")
        formats = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
        letterhead = Letterhead("Retail Sync", BASE_URL, "stock@shop.example", formats)
        unconfirmed = UnconfirmedMail(ThrottleService(SqlThrottles(database), SECRET_KEY), self.users)
        mails = AccountMails(letterhead, LocalMailbox(database), self.users, self.links, self.tokens, unconfirmed)
        handlers = {"erase": self.data.erase, **mails.handlers()}
        self.worker = Worker(SqlOutbox(database), handlers, _NoRollups())

    def ada(self, verified: bool = True, email: str = "ada@shop.example") -> User:
        return self.accounts.register("Ada Lovelace", email, PASSWORD, verified=verified)

    def invited(self) -> User:
        now = self.database.read(database_now)
        return self.users.add(User(0, "Ravi", "ravi@shop.example", Role.OPS, None, 1, now), link=LinkPurpose.INVITE)

    def work(self) -> None:
        while self.worker.tick():
            pass

    def mails(self) -> list[Message]:
        """What was delivered, oldest first."""
        self.work()
        return [
            Message(row.key, row.kind, row.to, row.subject, row.html, row.text)
            for row in self.rows(select(mailbox).order_by(mailbox.c.message_id))
        ]

    def mailed(self) -> list[tuple[str, str]]:
        """Address and first line of each mail, oldest first."""
        return [(mail.to, mail.text.splitlines()[0]) for mail in self.mails()]

    def token(self, purpose: LinkPurpose, to: str | None = None) -> str:
        """The token of the latest link for a purpose, as it stands in its mail."""
        wanted = select(account_links.c.link_id).where(account_links.c.purpose == purpose.value)
        if to is not None:
            wanted = wanted.where(account_links.c.email == to)
        link_id = self.rows(wanted.order_by(account_links.c.link_id.desc()))[0].link_id
        found = self.links.open(link_id)
        assert found is not None
        return self.tokens.token(found[0])

    def reset_token(self, email: str = "ada@shop.example") -> str:
        self.accounts.request_reset(email)
        self.work()
        return self.token(LinkPurpose.RESET)

    def new_address_token(self, user: User, email: str) -> str:
        self.accounts.request_email_change(user.user_id, PASSWORD, email)
        return self.token(LinkPurpose.CHANGE_EMAIL, email.lower())

    def set_up_machines(self, user: User) -> None:
        """A second factor and an API token, as somebody signed in would have made them."""
        now = self.database.read(database_now)
        token = {"user_id": user.user_id, "name": "till", "scopes": "shop", "secret_hash": "0" * 64, "hint": "abcd"}
        self.database.write(lambda c: c.execute(insert(api_tokens).values(**token, created_at=now)))
        code = {"user_id": user.user_id, "code_hash": "1" * 64}
        self.database.write(lambda c: c.execute(insert(recovery_codes).values(code)))
        factor = {"totp_secret": "s", "totp_enabled_at": now, "totp_last_step": 7}
        self.change_user(user, **factor)

    def sign_in(self, user: User, key: str = "key") -> None:
        """A session, as a browser's."""
        self.sessions.begin(user, key, Browser("203.0.113.199", "Mozilla/5.0 Firefox/140.0"), is_remembered=True)

    def change_user(self, user: User, **values: Any) -> None:
        self.database.write(lambda c: c.execute(update(users).where(users.c.user_id == user.user_id).values(values)))

    def later(self) -> None:
        """The time of every waiting row has come."""
        past = self.database.read(database_now)
        self.database.write(lambda c: c.execute(update(outbox).values(next_try_at=past)))

    def rows(self, query: Any) -> list[Any]:
        return list(self.database.read(lambda c: c.execute(query).all()))

    def payloads(self) -> list[dict[str, Any]]:
        return [row.payload for row in self.rows(select(outbox.c.payload))]
