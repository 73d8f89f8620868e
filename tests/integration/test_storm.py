"""SIGKILL at every step boundary of checkout, stock edit and worker, under the load of shoppers who do not give up,
on MariaDB and a DynamoDB: no unit, order, payment, receipt or alert is lost or doubled.

`make test` plays a short seeded part, `make soak` two hundred rounds.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.dynoxide import Dynoxide, aws_environment
from tests.contract.mariadb import running_mariadb
from tests.integration.shop import SECRET_KEY, settings_for
from tests.integration.storm.killswitch import Kill
from tests.integration.storm.stage import Stage
from tests.integration.storm.steps import boundaries
from tests.integration.storm.verdict import faults

log = logging.getLogger(__name__)
pytestmark = pytest.mark.server

SHOPPERS = 16
STEP_SECONDS = 8  # a step that is not reached by then is left for a later round
ROUNDS_BETWEEN_VERDICTS = 20


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with running_mariadb() as database_url, Dynoxide() as dynamo:
        aws = aws_environment(dynamo.url)
        for name, value in aws.items():
            monkeypatch.setenv(name, value)
        choices = {"database_url": database_url, "catalog_backend": "dynamodb", "allow_demo_payments": True}
        settings = settings_for(tmp_path, secret_key=SECRET_KEY, **choices)
        server_settings = {"DATABASE_URL": database_url, "CATALOG_BACKEND": "dynamodb", **aws}
        stage = Stage(tmp_path, settings, server_settings)
        stage.server.command("migrate")
        yield stage
        stage.close()


def storm(stage: Stage, rounds: int, seed: int, shoppers: int = SHOPPERS) -> str:
    """Play `rounds` kills, a verdict now and then; what happened, in words."""
    chance = random.Random(seed)
    stage.open(shoppers, seed)
    stage.gate.open()
    steps = boundaries("Dynamo")
    chance.shuffle(steps)
    reached: dict[str, int] = {}
    missed: dict[str, int] = {}
    started = time.monotonic()
    for number in range(rounds):
        time.sleep(chance.uniform(0, 0.5))
        step = steps[number % len(steps)]
        kill = Kill(number, step, skip=chance.choice((0, 0, 1, 3)))
        outcome = reached if stage.kill_at(kill, STEP_SECONDS) else missed
        outcome[step] = outcome.get(step, 0) + 1
        if number % 10 == 9:  # and now and then at no particular step
            chance.choice((stage.kill_a_web_process, lambda _: stage.kill_the_worker()))(chance)
        if number % 25 == 24:
            stage.kill_everything()
        if number % ROUNDS_BETWEEN_VERDICTS == ROUNDS_BETWEEN_VERDICTS - 1:
            judge(stage, number + 1)
    stage.kills.take_back()
    judge(stage, rounds)
    return (
        f"{sum(reached.values())} of {rounds} kills at {len(reached)} of {len(steps)} step boundaries "
        f"(not reached in time: {missed or 'none'}), {len(stage.journal.paid)} orders paid, "
        f"refused {dict(stage.journal.refused)}, repeated {dict(stage.journal.repeats)}, "
        f"{time.monotonic() - started:.0f} s, seed {seed}"
    )


def judge(stage: Stage, kills: int) -> None:
    stage.kills.take_back()
    stage.pause()
    found = faults(stage, kills)
    assert not found, "\n".join(found[:30])
    stage.gate.open()


@pytest.mark.timeout(170)
def test_nothing_is_lost_or_doubled_when_processes_die(stage, record_property):
    words = storm(stage, rounds=12, seed=20_261)
    record_property("proved", f"crash matrix: {words}")


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_nothing_is_lost_or_doubled_in_two_hundred_deaths(stage, record_property):
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(2**32))
    words = storm(stage, rounds=200, seed=seed)
    record_property("proved", f"crash matrix: {words}")
