"""The mailbox: where e-mails and alerts go when the shop runs without a mail service, for admins to read."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, update

from app.domain import MailboxMessage, Message, Page
from app.errors import ShopError
from app.stores.sql.engine.clock import database_now, stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new, upsert
from app.stores.sql.tables import mailbox

MOST_UNREAD = 100  # so many are counted: badges say "99+", and the cost stays the same however many there are
LOOKED_AT = 200  # messages, of which the unread ones are counted

_LISTED = [column for column in mailbox.c if column.name not in ("html", "text")]


class LocalMailbox:
    """The `ManySender` and `Mailbox` ports on one table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, message: Message) -> None:
        self._database.write(lambda c: insert_new(c, mailbox, _row(message) | {"at": stamp(c)}))

    def send_many(self, messages: Sequence[Message]) -> list[ShopError | None]:
        """All in one transaction; none is ever refused."""

        def work(connection: Connection) -> None:
            at = database_now(connection)
            rows = [_row(message) | {"at": at} for message in messages]
            upsert(connection, mailbox, rows, ["key"], {"key": lambda new: mailbox.c.key})

        self._database.write(work)
        return [None] * len(messages)

    def page(self, kind: str | None, page: int, page_size: int) -> Page[MailboxMessage]:
        def work(connection: Connection) -> Page[MailboxMessage]:
            # Without a kind also without a condition: the count then reads an index, not the messages.
            wanted = [mailbox.c.kind == kind] if kind else []
            total = connection.execute(select(func.count()).select_from(mailbox).where(*wanted)).scalar_one()
            pages = max(1, -(-total // page_size))
            at = min(max(page, 1), pages)
            query = select(*_LISTED).where(*wanted).order_by(mailbox.c.message_id.desc())
            rows = connection.execute(query.limit(page_size).offset((at - 1) * page_size)).all()
            return Page(tuple(_message(row) for row in rows), total, at, pages)

        return self._database.read(work)

    def get(self, message_id: int) -> MailboxMessage | None:
        def work(connection: Connection) -> MailboxMessage | None:
            row = connection.execute(select(mailbox).where(mailbox.c.message_id == message_id)).first()
            return None if row is None else _message(row, html=row.html, text=row.text)

        return self._database.read(work)

    def mark_read(self, message_id: int) -> None:
        unread = (mailbox.c.message_id == message_id) & mailbox.c.read_at.is_(None)
        self._database.write(lambda c: c.execute(update(mailbox).where(unread).values(read_at=stamp(c))))

    def unread(self, kind: str) -> int:
        found: int = self._database.read(lambda connection: connection.execute(_UNREAD, {"kind": kind}).scalar_one())
        return min(MOST_UNREAD, found)


def _unread() -> Select[Any]:
    latest = select(mailbox.c.read_at).where(mailbox.c.kind == bindparam("kind")).order_by(mailbox.c.message_id.desc())
    some = latest.limit(LOOKED_AT).subquery()
    return select(func.count()).select_from(some).where(some.c.read_at.is_(None))


# Made once: SQLAlchemy takes longer to make it than the database to answer, for each page of an admin.
_UNREAD = _unread()


def _row(message: Message) -> dict[str, Any]:
    return {
        "key": message.key,
        "kind": message.kind,
        "to": message.to,
        "subject": message.subject,
        "html": _with_pictures(message),
        "text": message.text,
        "order_id": message.order_id,
        "product_id": message.product_id,
    }


def _with_pictures(message: Message) -> str:
    """The HTML with its inline pictures in it: nothing else is kept of them."""
    html = message.html
    for picture in message.inline:
        data = base64.b64encode(picture.data).decode()
        html = html.replace(f"cid:{picture.name}", f"data:{picture.mimetype};base64,{data}")
    return html


def _message(row: Row[Any], html: str = "", text: str = "") -> MailboxMessage:
    message = Message(
        key=row.key,
        kind=row.kind,
        to=row.to,
        subject=row.subject,
        html=html,
        text=text,
        order_id=row.order_id,
        product_id=row.product_id,
    )
    return MailboxMessage(row.message_id, row.at, message, row.read_at)
