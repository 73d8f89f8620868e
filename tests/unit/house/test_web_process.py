"""What a web process loads before it answers: nothing that only the worker, a command or a rare request needs."""

from __future__ import annotations

import subprocess
import sys

from tests.support.server import ROOT

# Forecasts, feasts, charts on paper, PDF, the lists of leaked passwords, the API's document, spreadsheets, and AWS
# without it.
UNWANTED = (
    "boto3", "fontTools", "holidays", "matplotlib", "openapi_pydantic", "reportlab", "scipy", "statsmodels",
    "xlsxwriter", "zxcvbn",
)  # fmt: skip


def test_a_web_process_starts_without_what_few_requests_need():
    program = (
        "import sys, app.server, dash, pages, pkgutil, importlib\n"
        "dash.Dash(use_pages=True, pages_folder='')\n"
        "for one in pkgutil.walk_packages(pages.__path__, 'pages.'): importlib.import_module(one.name)\n"
        f"print(*(name for name in {UNWANTED!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_serve_becomes_the_server_before_it_loads_anything_else():
    program = "import sys, app.__main__; print(*(n for n in ('sqlalchemy', 'pydantic', 'pandas') if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
