"""What a web process loads before it answers: nothing that only the worker, a command or a rare request needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.cli import becoming_server
from tests.support.server import ROOT

# Forecasts, feasts, charts on paper, PDF, the lists of leaked passwords, the API's document, spreadsheets, and AWS
# and Stripe without them.
UNWANTED = (
    "alembic", "boto3", "fontTools", "holidays", "matplotlib", "openapi_pydantic", "reportlab",
    "stripe",
    "app.services.forecasts.engine",
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


def test_workers_share_what_pages_are_made_of():
    """What is loaded before the fork is there once, unless a worker's own collections write to all of it."""
    program = (
        "import os, sys, gc, app.gunicorn_config as config\n"
        "config._what_is_wrong = lambda: 0\n"
        "config.on_starting(None)\n"
        "print('plotly.graph_objs' in sys.modules, 'components.admin.overview' in sys.modules, gc.isenabled())\n"
        "print(gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 5_000)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True"] * 5


def test_serve_keeps_the_heaps_of_its_processes_few(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "environ", {"MALLOC_TRIM_THRESHOLD_": "1000000"})
    became: list[str] = []
    monkeypatch.setattr(os, "execv", lambda program, _: became.append(program))
    becoming_server.become_server()
    assert became == [sys.executable]
    assert os.environ == becoming_server.MEMORY | {"MALLOC_TRIM_THRESHOLD_": "1000000"}, "what is set stays"
