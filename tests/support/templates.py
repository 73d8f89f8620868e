"""Folders with what tests copy instead of making it anew: one of each per process, gone when the process ends."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

_made: list[Path] = []


def template_folder(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    _made.append(folder)
    return folder


@atexit.register
def remove_templates() -> None:
    """Called by pytest's configuration, too: the processes of a run in several end without their exit handlers."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)
