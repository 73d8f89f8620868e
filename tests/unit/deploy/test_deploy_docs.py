"""docs/deploy.md: every alarm has its chapter, and every `aws` command, there and in the scripts, exists as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore import xform_name

from tests.support import stack

DOCS = Path(__file__).parents[3] / "docs"
COMMAND = re.compile(r"(?<![\w./-])aws ([a-z0-9-]+) ([a-z0-9-]+)([^|\n]*)")
EVERYWHERE = {"--output", "--query"}
# Commands of the AWS CLI's own, which no model of boto3 describes: its help, as of 1.46, does.
ITS_OWN = {
    ("ecr", "get-login-password"): set[str](),
    ("cloudformation", "deploy"): {
        "--stack-name",
        "--template-file",
        "--capabilities",
        "--no-fail-on-empty-changeset",
        "--parameter-overrides",
    },
}

# What the AWS CLI calls otherwise than the service does.
RENAMED = {("sns", "subscribe"): {"--endpoint": "--notification-endpoint"}}


def shell() -> Iterator[tuple[str, str]]:
    """Name and text of whatever holds commands, each command on one line."""
    for path in sorted(stack.DEPLOY.glob("*.sh")):
        yield path.name, path.read_text().replace("\\\n", " ")
    for path in sorted(DOCS.glob("*.md")):
        blocks = re.findall(r"^ *```sh\n(.*?)^ *```", path.read_text(), re.MULTILINE | re.DOTALL)
        yield path.name, "\n".join(blocks).replace("\\\n", " ")


def commands() -> list[tuple[str, str, str, tuple[str, ...]]]:
    found = set()
    for name, text in shell():
        for service, operation, rest in COMMAND.findall(text):
            if operation == "wait":
                operation = "wait " + rest.split()[0]
            found.add((name, service, operation, tuple(sorted(set(re.findall(r"(?<!\S)--[a-z0-9-]+", rest))))))
    return sorted(found)


def allowed(service: str, operation: str) -> tuple[set[str], set[str]]:
    """Options that there are, and those that have to be given. Raises KeyError for an unknown operation."""
    client = boto3.client(service, region_name="eu-west-1")
    if operation.startswith("wait "):
        waiter = operation.removeprefix("wait ").replace("-", "_")
        if waiter not in client.waiter_names:
            raise KeyError(operation)
        method = xform_name(client.get_waiter(waiter).config.operation)
    else:
        method = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    shape = model.input_shape
    names = RENAMED.get((service, operation), {})
    options = {names.get(option(name), option(name)): member.type_name for name, member in shape.members.items()}
    negated = {f"--no-{name[2:]}" for name, kind in options.items() if kind == "boolean"}
    return set(options) | negated, {option(name) for name in shape.required_members}


def option(member: str) -> str:
    return "--" + xform_name(member, "-")


@pytest.mark.parametrize(("where", "service", "operation", "options"), commands(), ids=lambda value: str(value)[:40])
def test_a_command_exists_with_its_options(where: str, service: str, operation: str, options: tuple[str, ...]):
    given = set(options) - EVERYWHERE
    if (service, operation) in ITS_OWN:
        assert given <= ITS_OWN[service, operation], where
        return
    known, required = allowed(service, operation)
    assert given <= known, where
    assert required <= given, where


def test_commands_are_found_at_all():
    assert len(commands()) > 40


def alarms() -> set[str]:
    found = stack.resources("watch", "AWS::CloudWatch::Alarm").values()
    return {one["AlarmName"]["Fn::Sub"].removeprefix("${Shop}-") for one in found}


def test_every_alarm_has_a_chapter_and_every_chapter_an_alarm():
    text = (DOCS / "deploy.md").read_text()
    chapters = re.findall(r"^### (\S+)$", text[text.index("\n## Alarms\n") :], re.MULTILINE)
    assert len(chapters) == len(set(chapters))
    assert set(chapters) == alarms()


def test_every_alarm_tells_somebody_when_it_begins_and_when_it_is_over():
    for one in stack.resources("watch", "AWS::CloudWatch::Alarm").values():
        assert one["AlarmActions"] == one["OKActions"] == [{"Ref": "Alarms"}]


def test_no_template_is_longer_than_the_command_line_sends():
    for name in stack.ORDER:
        assert (stack.DEPLOY / f"{name}.yaml").stat().st_size < 51_200
