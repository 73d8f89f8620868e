"""scripts/release.sh in a repository of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts/release.sh"


@dataclass
class Repository:
    folder: Path

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=Tester", "-c", "user.email=tester@shop.example"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        ).stdout.strip()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def release(self) -> subprocess.CompletedProcess[str]:
        identity = {f"GIT_{who}_{what}": "tester" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = os.environ | identity | {"PATH": f"{self.folder}/.git/bin:{os.environ['PATH']}"}
        script = self.folder / "scripts/release.sh"
        return subprocess.run(["bash", script], env=environment, capture_output=True, text=True, timeout=60)

    def tags(self) -> str:
        return self.git("tag")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Version 1.2.3, ready to be released, on a machine without a container engine."""
    repository = Repository(tmp_path)
    repository.git("init", "--quiet")
    repository.write("app/__init__.py", '__version__ = "1.2.3"\n')
    repository.write("CHANGELOG.md", "# Changelog\n\n## 1.2.3 - 2026-12-01\n\n## 1.2.2 - 2026-11-01\n")
    repository.write(".ci/run", "#!/bin/sh\necho checked\n")
    for engine in ("docker", "podman"):
        repository.write(f".git/bin/{engine}", "#!/bin/sh\nexit 1\n")
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message", "ready")
    return repository


def test_a_version_that_is_ready_is_checked_and_tagged(repository: Repository):
    done = repository.release()
    assert done.returncode == 0, done.stderr
    assert "checked" in done.stdout
    assert "The image was NOT built: neither Docker nor Podman answers here." in done.stdout
    assert repository.tags() == "v1.2.3"


def test_an_engine_that_answers_builds_the_image(repository: Repository):
    repository.write(".git/bin/podman", '#!/bin/sh\necho "podman $*"\n')
    done = repository.release()
    assert "podman build --tag retail-sync:1.2.3 ." in done.stdout
    assert "v1.2.3 is tagged and retail-sync:1.2.3 built." in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("app/__init__.py", '__version__ = "1.3"\n', "names no version such as 1.2.3 (it is '1.3')"),
        ("CHANGELOG.md", "## 1.2.3 - unreleased\n", "CHANGELOG.md has no heading '## 1.2.3 - "),
        ("CHANGELOG.md", "## 11213 - 2026-12-01\n", "CHANGELOG.md has no heading '## 1.2.3 - "),
    ],
)
def test_what_is_not_ready_is_named(repository: Repository, name: str, text: str, words: str):
    repository.write(name, text)
    repository.git("commit", "--quiet", "--all", "--message", "not ready")
    assert_refused(repository, words)


def test_changes_that_are_not_committed_are_in_no_release(repository: Repository):
    repository.write("app/new.py", "")
    assert_refused(repository, "the working tree has changes")


def test_a_version_is_released_once(repository: Repository):
    repository.git("tag", "v1.2.3")
    assert_refused(repository, "the tag v1.2.3 is there already")


def test_what_does_not_pass_gets_no_tag(repository: Repository):
    repository.write(".ci/run", "#!/bin/sh\nexit 3\n")
    repository.git("commit", "--quiet", "--all", "--message", "broken")
    assert repository.release().returncode == 3
    assert repository.tags() == ""


def assert_refused(repository: Repository, words: str) -> None:
    before = repository.tags()
    done = repository.release()
    assert done.returncode == 1
    assert words in done.stderr
    assert "checked" not in done.stdout
    assert repository.tags() == before
