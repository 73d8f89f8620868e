"""What waits for a disk is measured on one, wherever files that pass are kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

import psutil
import pytest

from tests.benchmarks import machine
from tests.benchmarks.__main__ import known_parts


@pytest.mark.skipif(machine._kind_of(Path("/dev/shm")) != "tmpfs", reason="no file system in memory here")
def test_a_folder_in_memory_is_no_disk(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/dev/shm")
    assert not machine.disk().is_relative_to("/dev/shm")


def test_without_a_disk_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [_Mount()])
    with pytest.raises(LookupError, match="TMPDIR"):
        machine.disk()


class _Mount:
    mountpoint, fstype = "/", "tmpfs"


def test_sqlite_and_its_floor_wait_for_the_same_disk():
    assert known_parts()["embedded"].on_disk
