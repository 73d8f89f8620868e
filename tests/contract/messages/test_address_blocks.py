"""Blocked addresses, on the SQL stores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain import Actor, AuditAction, BlockReason, Message
from app.errors import Conflict, NotFound, NotSent
from app.services.messages.mail_events import CarefulSender, MailEventService
from app.services.messages.ports import EventMessage, MailEvent
from app.stores.sql.engine.database import Database
from app.stores.sql.messages.address_blocks import KEPT, SqlAddressBlocks
from app.stores.sql.tables import address_blocks, audit_log, hook_messages
from tests.contract.messages.test_notifications import FORMATS

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
GONE, SPAM = "gone@elsewhere.example", "cross@elsewhere.example"
ASHA = Actor("asha@shop.example", 1, "203.0.113.9")


def bounced(*emails: str, message_id: str = "m1", at: datetime = AT) -> EventMessage:
    return EventMessage(message_id, tuple(MailEvent(one, BlockReason.BOUNCE, "550", at) for one in emails))


def complained(*emails: str, message_id: str = "c1") -> EventMessage:
    return EventMessage(message_id, tuple(MailEvent(one, BlockReason.COMPLAINT, "abuse", AT) for one in emails))


@pytest.fixture
def blocks(database: Database) -> SqlAddressBlocks:
    return SqlAddressBlocks(database)


@pytest.fixture
def service(blocks: SqlAddressBlocks) -> MailEventService:
    return MailEventService(None, blocks)


class TestRecording:
    def test_every_address_of_a_message_is_blocked_with_its_reason(self, blocks: SqlAddressBlocks):
        assert blocks.record(bounced(GONE, "two@elsewhere.example"))
        block = blocks.of(GONE)
        assert block is not None
        assert (block.reason, block.detail, block.at) == (BlockReason.BOUNCE, "550", AT)
        assert len(blocks.latest(10)) == 2
        assert blocks.of("somebody@elsewhere.example") is None

    def test_a_message_counts_once_also_after_its_block_was_lifted(self, blocks: SqlAddressBlocks):
        blocks.record(bounced(GONE))
        assert blocks.lift_bounce(GONE)
        assert not blocks.record(bounced(GONE))
        assert blocks.of(GONE) is None

    def test_many_at_once_take_it_once(self, blocks: SqlAddressBlocks):
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: blocks.record(bounced(GONE)), range(16)))
        assert taken.count(True) == 1

    def test_messages_about_the_same_addresses_at_once_are_all_taken(self, blocks: SqlAddressBlocks):
        emails = [f"a{n}@elsewhere.example" for n in range(10)]

        def record(number: int) -> bool:
            return blocks.record(bounced(*(emails if number % 2 else emails[::-1]), message_id=f"m{number}"))

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(record, range(16)))
        assert {one.email for one in blocks.latest(50)} == set(emails)

    def test_the_last_word_counts(self, blocks: SqlAddressBlocks):
        blocks.record(bounced(GONE))
        blocks.record(complained(GONE))
        (block,) = blocks.latest(10)
        assert block.reason is BlockReason.COMPLAINT

    def test_a_message_that_names_nobody_is_taken_too(self, blocks: SqlAddressBlocks):
        assert blocks.record(EventMessage("m9", ()))
        assert not blocks.record(EventMessage("m9", ()))


class TestLifting:
    def test_an_admin_lifts_it_and_the_log_says_so_without_the_address(
        self, service: MailEventService, blocks: SqlAddressBlocks, database: Database
    ):
        blocks.record(complained(SPAM))
        (block,) = service.blocks()
        service.lift(block.block_id, ASHA)
        assert service.blocks() == ()
        (row,) = database.read(lambda c: c.execute(select(audit_log)).all())
        assert (row.action, row.target_id) == (AuditAction.ADDRESS_LIFT, str(block.block_id))
        assert "cross" not in str(row)

    def test_two_admins_lift_it_once(self, service: MailEventService, blocks: SqlAddressBlocks, database: Database):
        blocks.record(bounced(GONE))
        (block,) = service.blocks()
        service.lift(block.block_id, ASHA)
        with pytest.raises(NotFound):
            service.lift(block.block_id, ASHA)
        assert database.read(lambda c: c.execute(select(func.count()).select_from(audit_log)).scalar()) == 1

    def test_its_number_is_given_to_no_other_block(self, service: MailEventService, blocks: SqlAddressBlocks):
        blocks.record(bounced(GONE))
        (first,) = service.blocks()
        service.lift(first.block_id, ASHA)
        blocks.record(bounced(GONE, message_id="m2"))
        (second,) = service.blocks()
        assert second.block_id != first.block_id

    def test_its_owner_may_try_an_address_that_bounced_again(self, service: MailEventService, blocks: SqlAddressBlocks):
        blocks.record(bounced(GONE))
        service.try_again(GONE)
        service.try_again(GONE)
        assert service.block_of(GONE) is None

    def test_but_not_one_whose_owner_complained(self, service: MailEventService, blocks: SqlAddressBlocks):
        blocks.record(complained(SPAM))
        with pytest.raises(Conflict, match="reported as spam"):
            service.try_again(SPAM)
        assert service.block_of(SPAM) is not None


class TestForgetting:
    def test_ids_are_kept_longer_than_a_message_counts(self, blocks: SqlAddressBlocks, database: Database):
        blocks.record(bounced(GONE))
        blocks.record(bounced(GONE, message_id="m2"))
        assert blocks.forget_messages(10) == 0
        old = update(hook_messages).where(hook_messages.c.message_id == "m1")
        aged = old.values(received_at=datetime.now(UTC) - KEPT - timedelta(minutes=5))
        database.write(lambda c: c.execute(aged))
        assert blocks.forget_messages(10) == 1
        assert not blocks.record(bounced(GONE, message_id="m2"))


class TestSending:
    @pytest.fixture
    def letters(self) -> list[Message]:
        return []

    @pytest.fixture
    def sender(self, blocks: SqlAddressBlocks, letters: list[Message]) -> CarefulSender:
        class Keeping:
            def send(self, message: Message) -> None:
                letters.append(message)

        return CarefulSender(Keeping(), blocks, FORMATS)

    @pytest.mark.parametrize("to", [GONE, GONE.upper()])
    def test_nobody_blocked_is_written_to(self, sender, letters, blocks: SqlAddressBlocks, to: str):
        blocks.record(bounced(GONE))
        with pytest.raises(NotSent, match=r"Not sent: the address bounced on 1 Mar 2026\."):
            sender.send(Message("k", "receipt", to, "s", "h", "t"))
        assert letters == []

    def test_everybody_else_is(self, sender, letters, blocks: SqlAddressBlocks):
        blocks.record(complained(SPAM))
        sender.send(Message("k", "receipt", GONE, "s", "h", "t"))
        assert [one.to for one in letters] == [GONE]
        with pytest.raises(NotSent, match="reported a mail as spam on 1 Mar 2026"):
            sender.send(Message("k", "receipt", SPAM, "s", "h", "t"))


def test_the_table_holds_an_address_once(database: Database, blocks: SqlAddressBlocks):
    for number in range(3):
        blocks.record(bounced(GONE, message_id=f"m{number}", at=AT + timedelta(days=number)))
    rows = database.read(lambda c: c.execute(select(address_blocks)).all())
    assert [row.at for row in rows] == [AT + timedelta(days=2)]
