"""SIGKILL at every step boundary of checkout, stock edit and worker, under the load of shoppers who do not give up,
on MariaDB and a DynamoDB: no unit, order, payment, receipt or alert is lost or doubled.

`make test` plays a short seeded part, `make soak` two hundred rounds.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings.environment import load_settings
from app.stores.aws.client import forget_clients
from tests.support.dynoxide import Dynoxide, aws_environment
from tests.support.mariadb import running_mariadb
from tests.support.shop import SECRET_KEY
from tests.support.storm.guards import REMOVALS
from tests.support.storm.killswitch import Kill
from tests.support.storm.post_office import PostOffice
from tests.support.storm.stage import Stage
from tests.support.storm.steps import boundaries
from tests.support.storm.verdict import QUIET_SECONDS, faults

log = logging.getLogger(__name__)
pytestmark = pytest.mark.server

SHOPPERS = 16
STEP_SECONDS = 8  # a step that is not reached by then is left for a later round
ROUNDS_BETWEEN_VERDICTS = 20


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The whole production shape; parametrised with the name of a guard, without that guard."""
    with running_mariadb() as database_url, Dynoxide() as dynamo, PostOffice() as office:
        choices = {
            **aws_environment(dynamo.url),
            **office.environment(),
            "DATABASE_URL": database_url,
            "CATALOG_BACKEND": "dynamodb",
            "ALLOW_DEMO_PAYMENTS": "true",
            "SECRET_KEY": SECRET_KEY,
            "DATA_DIR": str(tmp_path),
        }
        for name, value in choices.items():
            monkeypatch.setenv(name, value)
        forget_clients()
        stage = Stage(
            tmp_path,
            load_settings(_env_file=None),
            {**choices, "STORM_WITHOUT": getattr(request, "param", "")},
            office,
        )
        yield stage
        stage.close()
    forget_clients()


def storm(stage: Stage, steps: list[str], rounds: int, seed: int, shoppers: int = SHOPPERS) -> str:
    """Play `rounds` deaths and freezes, with a verdict now and then; what happened, in words."""
    chance = random.Random(seed)
    chance.shuffle(steps)
    stage.open(shoppers, seed)
    stage.gate.open()
    reached: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    started = time.monotonic()
    for number in range(rounds):
        time.sleep(chance.uniform(0, 0.5))
        step = steps[number % len(steps)]
        kill = Kill(number, step, skip=chance.choice((0, 0, 0, 1, 3)), freezes=number % 4 == 3)
        (reached if stage.kill_at(kill, STEP_SECONDS) else missed)[step] += 1
        if number % 10 == 9:  # and now and then at no particular step
            chance.choice((stage.kill_a_web_process, stage.kill_the_worker))()
        if number % 25 == 24:
            stage.kill_everything()
        if number % ROUNDS_BETWEEN_VERDICTS == ROUNDS_BETWEEN_VERDICTS - 1:
            judge(stage)
    judge(stage)
    journal = stage.journal
    return (
        f"{reached.total()} of {rounds} deaths and freezes at {len(reached)} of {len(steps)} step boundaries "
        f"(not reached in time: {', '.join(missed) or 'none'}), {len(journal.paid)} orders paid, "
        f"{stage.office.mails.total() - len(stage.office.mails)} receipts too many, refused "
        f"{dict(journal.refused)}, stock counted {dict(journal.counts)}, repeated {dict(journal.repeats)}, "
        f"{time.monotonic() - started:.0f} s, seed {seed}"
    )


SES_AWAY_SECONDS = 20.0


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_without_ses_and_sns_shoppers_notice_nothing_and_every_message_leaves_later(stage, record_property):
    stage.open(SHOPPERS, seed=11)
    stage.gate.open()
    time.sleep(5)
    stage.office.leave()
    paid, sent = len(stage.journal.paid), stage.office.mails.total()
    refused = Counter(stage.journal.refused)
    time.sleep(SES_AWAY_SECONDS)
    bought = len(stage.journal.paid) - paid
    unexpected = set(stage.journal.refused - refused) - {"payment_declined", "empty_cart", "out_of_stock"}
    assert bought > 0
    assert not unexpected
    assert stage.office.mails.total() == sent
    assert stage.office.turned_away > 0
    stage.office.come_back()
    back = time.monotonic()
    judge(stage)  # every receipt and alert once: nobody died
    record_property(
        "proved",
        f"SES and SNS away for {SES_AWAY_SECONDS:.0f} s: {bought} orders paid meanwhile, no shopper refused for it, "
        f"{stage.office.turned_away} deliveries turned away, all delivered {time.monotonic() - back:.0f} s after",
    )


def judge(stage: Stage, quiet_seconds: float = QUIET_SECONDS) -> None:
    stage.kills.take_back()
    stage.pause()
    found = faults(stage, quiet_seconds)
    assert not found, "\n".join(found[:30])
    stage.gate.open()


# Those that every purchase or count comes by: on a slow machine too each is reached in seconds.
BUSY_STEPS = [
    "after:DynamoCatalog.reserve",
    "after:DemoPayments.start",
    "after:SqlOrders.complete",
    "after:SqlOutbox.claim",
    "after:SesSender.send",
]


@pytest.mark.timeout(175)
def test_nothing_is_lost_or_doubled_when_processes_die(stage, record_property):
    words = storm(stage, list(BUSY_STEPS), rounds=len(BUSY_STEPS), seed=20_261, shoppers=6)
    record_property("proved", f"crash matrix: {words}")


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_nothing_is_lost_or_doubled_in_two_hundred_deaths(stage, record_property):
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(2**32))
    words = storm(stage, boundaries("Dynamo"), rounds=200, seed=seed)
    record_property("proved", f"crash matrix: {words}")


# Where each guard is needed: the step, and whether the process there dies or only comes back late.
NEEDED_AT = {
    "stock is enough": None,
    "one reservation per order": ("before:DynamoCatalog.reserve", True),
    "tombstone of a release": ("before:DynamoCatalog.reserve", True),
    "status expected by a change": ("after:DemoPayments.start", True),
    "void before giving up": ("before:DemoPayments.start", True),
    "mark of a stock edit": ("after:DynamoCatalog.adjust_stock", False),
}


def test_every_guard_that_can_be_removed_is_tried():
    assert set(NEEDED_AT) == set(REMOVALS)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("stage", NEEDED_AT, indirect=True, ids=lambda name: name.replace(" ", "-"))
def test_a_guard_that_is_gone_is_noticed(stage, request, record_property):
    guard = request.node.callspec.params["stage"]
    stage.open(SHOPPERS, seed=7)
    stage.gate.open()
    with pytest.raises(AssertionError) as noticed:
        need(stage, NEEDED_AT[guard])
    record_property("proved", f"without '{guard}': {str(noticed.value).splitlines()[0][:240]}")


def need(stage: Stage, needed_at: tuple[str, bool] | None) -> None:
    """Five times what the guard is for, each with a verdict."""
    for number in range(5):
        if needed_at is None:
            time.sleep(10)
        else:
            step, freezes = needed_at
            stage.kill_at(Kill(number, step, freezes=freezes), 30)
        judge(stage, quiet_seconds=30)
