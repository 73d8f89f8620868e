"""What waits for a disk is measured on one, wherever files that pass are kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from tests.benchmarks import machine
from tests.benchmarks.__main__ import known_parts


class Mount(NamedTuple):
    mountpoint: str
    fstype: str


def test_a_folder_in_memory_is_no_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    mounts = [Mount("/", "ext4"), Mount(str(tmp_path.resolve()), "tmpfs")]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: mounts)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    assert not machine.disk().is_relative_to(tmp_path)


def test_without_a_disk_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [Mount("/", "tmpfs")])
    with pytest.raises(LookupError, match="TMPDIR"):
        machine.disk()


def test_sqlite_and_its_floor_wait_for_the_same_disk():
    assert known_parts()["embedded"].on_disk
