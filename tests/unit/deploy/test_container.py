"""The image and compose.yaml: what they are made of is there, and their settings are ones the shop takes."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import yaml
from moto import mock_aws

from app.settings.environment import Settings, load_settings
from scripts.prepare_laptop import prepare

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "retail-sync"]
COPIES = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
COPIED = [source for line in COPIES for source in line.split()]


def is_ignored(path: str) -> bool:
    """As a builder reads .dockerignore: the last rule that names the path, or a folder above it, counts."""
    above = [path, *(str(parent) for parent in PurePosixPath(path).parents)]
    ignored = False
    for line in (ROOT / ".dockerignore").read_text().split("\n"):
        rule = line.strip().removeprefix("!")
        if rule and not rule.startswith("#") and any(_names(rule, one) for one in above):
            ignored = not line.startswith("!")
    return ignored


def _names(rule: str, path: str) -> bool:
    anywhere = rule.removeprefix("**/")
    return fnmatchcase(path.rpartition("/")[2] if anywhere != rule else path, anywhere)


def files_of(source: str) -> list[str]:
    path = ROOT / source
    found = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return [str(one.relative_to(ROOT)) for one in found if "__pycache__" not in one.parts]


def test_the_image_gets_every_file_it_copies() -> None:
    assert {source: bool(files_of(source)) for source in COPIED} == dict.fromkeys(COPIED, True)
    assert [path for source in COPIED for path in files_of(source) if is_ignored(path)] == []


def test_the_image_has_every_package_that_the_shop_imports() -> None:
    code = "\n".join((ROOT / path).read_text() for source in COPIED for path in files_of(source) if path.endswith("py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    assert {name for name in imported if (ROOT / name).is_dir()} <= set(COPIED)


@pytest.mark.parametrize(
    "path", [".env", "app/.env", ".git/config", "data/secret_key", "servers.env", "tests/support/aws.py"]
)
def test_no_secret_and_nothing_needless_reaches_the_builder(path: str) -> None:
    assert is_ignored(path)


def settings_of(service: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in SERVICES[service]["environment"].items():
        assert isinstance(value, str), f"{name}: compose takes words only"
        monkeypatch.setenv(name, value)
    return load_settings(_env_file=None)


@pytest.mark.parametrize("service", OURS)
def test_compose_starts_every_service_with_settings_the_shop_takes(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(service, monkeypatch)
    shape = (settings.is_embedded, settings.catalog_backend, settings.notifier, bool(settings.s3_bucket))
    assert shape == (False, "dynamodb", "aws", True)
    assert settings.trusted_proxies == 1
    named = SERVICES[service]["environment"]
    reached = [value for name, value in named.items() if name == "DATABASE_URL" or name.startswith("AWS_ENDPOINT")]
    assert {urlsplit(address).hostname for address in reached} == {"mysql", "dynamodb", "aws"} <= set(SERVICES)


def test_compose_migrates_once_and_before_anything_serves() -> None:
    assert SERVICES["migrate"]["command"] == ["migrate"]
    assert SERVICES["web"]["environment"]["MIGRATE"] == "off"
    waits = {name: SERVICES[name]["depends_on"]["migrate"]["condition"] for name in ("web", "worker")}
    assert set(waits.values()) == {"service_completed_successfully"}


def test_compose_runs_the_shop_without_rights_and_with_time_to_stop() -> None:
    for name in OURS:
        service = SERVICES[name]
        assert (service["read_only"], service["cap_drop"], service["stop_grace_period"]) == (True, ["ALL"], "30s")


def test_what_compose_fetches_is_pinned_and_its_secrets_say_what_they_are() -> None:
    fetched = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    assert all(re.search(r":\d+\.\d+\.\d+", image) for image in fetched), fetched
    words = yaml.safe_dump(COMPOSE)
    secrets = re.findall(r"(?:SECRET_KEY|MYSQL_PASSWORD|AWS_SECRET_ACCESS_KEY): (.+)|//shop:(.+)@", words)
    assert secrets
    assert all(re.match("laptop-?only", one or other) for one, other in secrets), secrets


def test_the_proxy_passes_the_live_stream_on_at_once() -> None:
    caddy = (ROOT / "deploy/Caddyfile").read_text()
    assert re.search(r"^\s*flush_interval -1$", caddy, re.MULTILINE)
    assert re.search(r"name web\n\s*port 5000\n", caddy), "the name and port of the web services"
    assert SERVICES["proxy"]["ports"] == ["127.0.0.1:8080:8080"]
    assert SERVICES["web"]["environment"]["PUBLIC_URL"] == "http://localhost:8080"


STEPS = ["app migrate", "app demo --if-empty", "app serve"]


@pytest.mark.parametrize(
    ("arguments", "settings", "done"),
    [
        (["web"], {}, STEPS),
        ([], {}, STEPS),
        (["web"], {"DEMO": "off"}, [STEPS[0], STEPS[2]]),
        (["web"], {"MIGRATE": "off", "DATABASE_URL": "mysql+pymysql://shop@db/shop"}, [STEPS[2]]),
        (["web"], {"DATABASE_URL": "mysql+pymysql://shop@db/shop"}, [STEPS[0], STEPS[2]]),
        (["worker"], {}, ["app worker"]),
        (["set-password", "a b@c"], {}, ["app set-password a b@c"]),
    ],
)
def test_the_image_runs_what_it_is_told(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], done: list[str]
) -> None:
    status, steps, shell = started(tmp_path, arguments, settings)
    assert (status, [words for _, words in steps]) == (0, done)
    assert steps[-1][0] == shell, "what lasts takes the shell's place, and gets its signals"


def test_a_migration_that_fails_stops_the_start(tmp_path: Path) -> None:
    status, steps, _ = started(tmp_path, ["web"], {"FAILS": "migrate"})
    assert (status, [words for _, words in steps]) == (3, ["app migrate"])


def started(folder: Path, arguments: list[str], settings: dict[str, str]) -> tuple[int, list[tuple[int, str]], int]:
    """Exit status, the process and words of each `python -m ...` that deploy/start.sh ran, the shell's process."""
    python = folder / "python"
    python.write_text('#!/bin/sh\nshift; echo "$$ $*"; [ "$2" != "${FAILS:-}" ] || exit 3\n')
    python.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", **settings}
    shell = subprocess.Popen(
        ["sh", str(ROOT / "deploy/start.sh"), *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )
    said, _ = shell.communicate(timeout=20)
    steps = [line.split(" ", 1) for line in said.splitlines()]
    return shell.returncode, [(int(process), words) for process, words in steps], shell.pid


def test_the_stand_ins_for_aws_are_prepared_again_and_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in SERVICES["prepare"]["environment"].items():
        if not name.startswith("AWS_ENDPOINT"):
            monkeypatch.setenv(name, value)
    with mock_aws():
        prepare()
        prepare()
        assert [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]] == ["shop-pictures"]
        senders = boto3.client("sesv2").list_email_identities()["EmailIdentities"]
        topics = boto3.client("sns").list_topics()["Topics"]
    assert [one["IdentityName"] for one in senders] == ["shop@shop.example"]
    assert topics == [{"TopicArn": SERVICES["web"]["environment"]["SNS_TOPIC_ARN"]}]
    assert capsys.readouterr().out.count("Ready: bucket shop-pictures") == 2
