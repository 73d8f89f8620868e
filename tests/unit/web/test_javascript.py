"""The browser's scripts, by Node's own test runner: tests/js/."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.money import Formats
from app.web.browser_formats import browser_formats
from tests.support.format_cases import cases, given
from tests.support.missing_part import missing_part

ROOT = Path(__file__).parents[3]


def test_the_browsers_scripts_pass_their_own_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    node = shutil.which("node")
    if node is None:
        missing_part("Node", FileNotFoundError("node is not on the PATH"))
    table = tmp_path / "formats.json"
    known = browser_formats(Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata")))
    table.write_text(json.dumps({"cases": cases(), "given": given(), "known": known}))
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.mjs"))
    run = subprocess.run(
        [node, "--test", "--test-reporter=tap", *files],
        env={**os.environ, "FORMAT_CASES": str(table)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"^# pass (\d+)$", run.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) >= len(files)
    with capsys.disabled():
        sys.stdout.write(f" {passed[1]} tests of tests/js/ passed ")
