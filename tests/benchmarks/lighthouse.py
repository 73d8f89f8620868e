"""One page under Lighthouse, in the browser of the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Literal

from tests.support.server import ROOT

Form = Literal["mobile", "desktop"]
FORMS: tuple[Form, ...] = ("mobile", "desktop")
PROGRAM = ROOT / ".venv/lighthouse/node_modules/lighthouse/cli/index.js"
VERSION = PROGRAM.parents[1] / "package.json"
CATEGORIES = {"performance": "performance", "accessibility": "accessibility", "best": "best-practices", "seo": "seo"}
TIMES = {
    "first_paint_ms": "first-contentful-paint",
    "largest_paint_ms": "largest-contentful-paint",
    "blocking_ms": "total-blocking-time",
    "speed_index_ms": "speed-index",
}
SECONDS = 120


def version() -> str:
    return str(json.loads(VERSION.read_text())["version"])


def look(url: str, form: Form, folder: Path, cookie: str = "") -> dict[str, float]:
    """Scores of 100, milliseconds, the shift, bytes as they were sent and requests, of one visit with nothing cached.

    `cookie`: sent with every request, as `name=value`. Raises RuntimeError where Lighthouse could not look.
    """
    found = _report(url, form, folder, cookie)
    if found.get("runtimeError"):
        raise RuntimeError(f"{url}: {found['runtimeError']['message']}")
    audits = found["audits"]
    requests = audits["network-requests"]["details"]["items"]
    return {
        **{name: round(100 * found["categories"][key]["score"]) for name, key in CATEGORIES.items()},
        **{name: round(audits[key]["numericValue"]) for name, key in TIMES.items()},
        "shift": round(audits["cumulative-layout-shift"]["numericValue"], 4),
        "bytes": sum(one["transferSize"] for one in requests),
        "requests": len(requests),
    }


def failed_audits(url: str, form: Form, folder: Path, cookie: str = "") -> list[str]:
    """What a score of less than 100 was taken off for, worst first; for whoever mends it."""
    audits = _report(url, form, folder, cookie)["audits"].values()
    scored = [one for one in audits if one["score"] is not None and one["score"] < 1]
    return [
        f"{one['score']:.2f} {one['id']}: {one.get('displayValue', '')}"
        for one in sorted(scored, key=lambda one: one["score"])
    ]


def _report(url: str, form: Form, folder: Path, cookie: str) -> dict[str, Any]:
    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if browser is None or not PROGRAM.exists():
        raise RuntimeError("Lighthouse and Chromium are needed: make bench-store installs them.")
    path = folder / "report.json"
    command = ["node", str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={path}",
               "--chrome-flags=--headless --no-sandbox --disable-gpu",
               f"--only-categories={','.join(CATEGORIES.values())}"]  # fmt: skip
    if form == "desktop":
        command.append("--preset=desktop")
    if cookie:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
    path.unlink(missing_ok=True)
    subprocess.run(command, env={**os.environ, "CHROME_PATH": browser}, check=True, timeout=SECONDS)
    return dict(json.loads(path.read_text()))
