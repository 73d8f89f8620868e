"""deploy.sh against an `aws` that answers as a test says, and notes what it was asked: what comes before what."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[3] / "deploy"

AWS = """#!/bin/bash
printf '%s\\n' "$*" >>"$NOTES"
case "$*" in
    *"describe-stacks"*RepositoryUri*) echo 123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-shop ;;
    *"describe-stacks"*) echo something ;;
    "ecr describe-images"*) [ "$IMAGE_IS_THERE" = yes ] ;;
    "ecs describe-services"*) echo "$WORKERS" ;;
    "ecs run-task"*) echo arn:aws:ecs:eu-west-1:123456789012:task/my-shop/0123 ;;
    "ecs describe-tasks"*exitCode*) echo "$EXIT_STATUS" ;;
    "logs get-log-events"*) echo "The database is up to date." ;;
esac
"""


@dataclass
class Script:
    folder: Path
    parameters: str = "# a comment\nShop=my-shop\n\nStoreName=My Shop\n"

    def run(self, tag: str = "1.2.3", workers: str = "2", status: str = "0", image: str = "yes"):
        fake = self.folder / "aws"
        fake.write_text(AWS)
        fake.chmod(0o755)
        (self.folder / "parameters").write_text(self.parameters)
        environment = os.environ | {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "NOTES": str(self.folder / "notes"),
            "WORKERS": workers,
            "EXIT_STATUS": status,
            "IMAGE_IS_THERE": image,
        }
        return subprocess.run(
            [DEPLOY / "deploy.sh", self.folder / "parameters", tag],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def asked(self, *beginnings: str) -> list[str]:
        """What began in one of these ways, in its order."""
        notes = self.folder / "notes"
        lines = notes.read_text().splitlines() if notes.exists() else []
        return [line for line in lines if line.startswith(beginnings)]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return Script(tmp_path)


def short(line: str) -> str:
    words = line.split()
    if words[:2] == ["cloudformation", "deploy"]:
        opened = " opened" if any(word.startswith("Image=") for word in words) else ""
        return words[words.index("--stack-name") + 1] + opened
    if words[1] == "update-service":
        return f"workers {words[words.index('--desired-count') + 1]}"
    return words[1]


def test_services_get_the_image_only_after_its_migrate_went_well(script: Script):
    done = script.run()
    assert done.returncode == 0, done.stderr
    steps = [short(one) for one in script.asked("cloudformation deploy", "ecs run-task", "ecs update-service")]
    assert steps == [
        "my-shop-registry",
        "my-shop-foundation",
        "my-shop-rights",
        "my-shop-service",
        "workers 0",
        "run-task",
        "my-shop-service opened",
        "my-shop-watch",
        "workers 2",
    ]
    (migrate,) = script.asked("ecs run-task")
    assert '"command": ["exec python -m app migrate"]' in migrate
    assert "StoreName=My Shop" in script.asked("cloudformation deploy")[0]
    assert "The database is up to date." in done.stdout


@pytest.mark.parametrize("status", ["2", "None"])
def test_a_migrate_that_fails_leaves_the_services_as_they_are(script: Script, status: str):
    done = script.run(status=status)
    assert done.returncode == 70
    assert "the services were not touched" in done.stderr
    assert [short(one) for one in script.asked("cloudformation deploy")][-1] == "my-shop-service"
    assert [short(one) for one in script.asked("ecs update-service")] == ["workers 0", "workers 2"]


def test_the_first_time_there_are_no_workers_to_rest(script: Script):
    done = script.run(workers="None")
    assert done.returncode == 0, done.stderr
    assert script.asked("ecs update-service") == []


def test_without_its_image_nothing_but_the_registry_is_touched(script: Script):
    done = script.run(image="no")
    assert done.returncode == 66
    assert "There is no image 123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-shop:1.2.3" in done.stderr
    assert [short(one) for one in script.asked("cloudformation deploy")] == ["my-shop-registry"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("StorName=My Shop", "no template knows the parameter StorName"),
        ("Image=x", "Image comes from the tag"),
    ],
)
def test_a_parameter_that_cannot_be_is_named_before_anything_is_touched(script: Script, line: str, words: str):
    script.parameters += line + "\n"
    done = script.run()
    assert done.returncode == 64
    assert words in done.stderr
    assert script.asked("") == []


def test_the_example_of_parameters_is_one(script: Script):
    script.parameters = (DEPLOY / "shop.parameters.example").read_text()
    assert script.run().returncode == 0
