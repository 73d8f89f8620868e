"""`make check` fails on an advisory, and never takes an unreachable service for a clean bill."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "audit_dependencies.sh"
CLEAN = {"name": "flask", "version": "3.1.3", "vulns": []}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}
HOLE = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}]}


@pytest.fixture
def audit(tmp_path):
    """Runs the script with a pip-audit that answers `packages` (None: nothing at all)."""

    def run(packages: list[dict[str, object]] | None, **environment: str) -> tuple[int, str]:
        answer = "" if packages is None else json.dumps({"dependencies": packages})
        fake = tmp_path / "pip-audit"
        fake.write_text(
            f"""#!/bin/sh
while [ "$1" != --output ]; do shift; done
[ -z '{answer}' ] && {{ echo 'no route to the service' >&2; exit 1; }}
printf '%s' '{answer}' >"$2"
"""
        )
        fake.chmod(0o755)
        done = subprocess.run(
            ["bash", str(SCRIPT), str(fake)], env={**os.environ, **environment}, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_clean_is_clean(audit):
    assert audit([CLEAN], AUDIT_REQUIRED="1") == (0, "1 pinned dependencies, no known advisory\n")


def test_an_advisory_fails_and_is_named(audit):
    status, words = audit([CLEAN, HOLE])
    assert status == 1
    assert "pillow 1.0: PYSEC-2026-1, fixed in 1.1" in words


@pytest.mark.parametrize(
    ("answer", "why"),
    [(None, "no route"), ([UNKNOWN], "none of the 1"), ([UNKNOWN, CLEAN], "nothing is known of ours")],
)
def test_what_was_not_audited_is_said_and_passes_only_where_no_audit_is_required(audit, answer, why):
    status, words = audit(answer)
    assert status == 0
    assert words.startswith("dependencies were NOT audited: ")
    assert why in words
    assert audit(answer, AUDIT_REQUIRED="1") == (1, words)
