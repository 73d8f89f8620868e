"""Where and with what it was measured."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
PACKAGES = ("gunicorn", "gevent", "dash", "Flask", "SQLAlchemy", "PyMySQL", "boto3", "orjson", "brotli")
_IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
_SERVERS = ("mariadbd", "mysqld")
_PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"


def machine() -> dict[str, object]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


def disk() -> Path:
    """A folder that survives a power cut, and in which a commit therefore takes time. Raises LookupError."""
    for folder in (Path(tempfile.gettempdir()), Path("/var/tmp"), ROOT):
        if folder.is_dir() and os.access(folder, os.W_OK) and _kind_of(folder) not in _IN_MEMORY:
            return folder
    raise LookupError("Every folder for files that pass is in memory: set TMPDIR to one on a disk.")


def _kind_of(folder: Path) -> str:
    """Of the file system that `folder` is in."""
    mounts = {Path(one.mountpoint): one.fstype for one in psutil.disk_partitions(all=True)}
    real = folder.resolve()
    return next((mounts[place] for place in (real, *real.parents) if place in mounts), "")


def versions() -> dict[str, str]:
    """Of Python, the database servers, the packages that matter here, and the code by its commit."""
    found = {"Python": platform.python_version()}
    found |= {"MariaDB": _of_program(_mariadb()), "dynoxide": _of_program(_dynoxide())}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found | {"commit": _commit()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _mariadb() -> str | None:
    return next((path for name in _SERVERS if (path := shutil.which(name) or shutil.which(name, path=_PLACES))), None)


def _dynoxide() -> str | None:
    installed = sorted((ROOT / ".venv/dynoxide/node_modules/@dynoxide").glob("*/dynoxide"))
    return str(installed[0]) if installed else shutil.which("dynoxide")


def _of_program(program: str | None) -> str:
    if program is None:
        return "not installed"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30).stdout
    found = re.search(r"\d+\.\d+\.\d+", said)
    return found.group() if found else said.strip()


def _commit() -> str:
    """Short, with a plus sign when files differ from it; without git, unknown."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()
