"""Drawings made pictures of, in a process that lives for one of them (`app/pictures/raster.py`)."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

from app.errors import StoreUnavailable
from app.words import mark

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).parents[2] / "pictures" / "raster.py"
PATIENCE = 20.0  # seconds; one takes about one of them


def as_jpeg(svg: str) -> bytes:
    """The drawing as a JPEG; others are answered meanwhile. Raises StoreUnavailable if it fails or takes too long."""
    command = [sys.executable, "-I", str(PROGRAM)]  # our own program; it needs nothing of the environment
    try:
        done = subprocess.run(  # noqa: S603
            command, input=svg.encode(), capture_output=True, check=True, timeout=PATIENCE, env={}
        )
    except subprocess.TimeoutExpired:
        why = f"it took longer than {PATIENCE:g} seconds"
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").split("\n")
        why = next((line for line in reversed(lines) if line), f"it ended with {error.returncode}")
    except OSError as error:  # no process or no memory to be had
        why = str(error)
    else:
        return done.stdout
    log.warning("pictures: a drawing could not be drawn as JPEG: %s", why)
    raise StoreUnavailable(mark("The picture cannot be shown right now."))
