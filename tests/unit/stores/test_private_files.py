"""The files of a shop: for the user who runs it, also where an earlier release left them open."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from app.settings.environment import Settings
from app.stores.local import private
from app.stores.local.images import LocalImages
from app.stores.local.single_worker import acquire
from app.wiring.stores import open_database


@pytest.fixture(autouse=True)
def usual_rights() -> Iterator[None]:
    """As most machines are set up: everybody may read what is new."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder.parent)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in [folder, *sorted(folder.rglob("*"))]
    }


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    return out.getvalue()


def run_a_shop(folder: Path) -> None:
    """Every kind of file that one writes."""
    settings = Settings(_env_file=None, data_dir=folder)
    settings.resolved_secret_key()
    database = open_database(settings)
    database.write(lambda connection: connection.execute(text("CREATE TABLE IF NOT EXISTS things (id INTEGER)")))
    LocalImages(settings.images_dir).save(picture())
    lock = acquire(folder / "worker.lock")
    assert lock is not None
    assert {"shop.db", "shop.db-wal", "shop.db-shm"} <= {path.name for path in folder.iterdir()}, "as while it runs"
    found = rights(folder)
    assert set(found.values()) == {"0o600", "0o700"}, found
    assert all(mode == ("0o700" if (folder.parent / name).is_dir() else "0o600") for name, mode in found.items())
    lock.close()
    database.dispose()


def test_a_new_shop_is_private(tmp_path: Path) -> None:
    run_a_shop(tmp_path / "data")


def test_one_that_was_open_is_closed_at_the_next_start_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    run_a_shop(folder)
    theirs = folder / "notes.txt"  # not the shop's: its rights are somebody's choice
    theirs.write_text("backup at noon")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    with caplog.at_level(logging.WARNING):
        open_database(Settings(_env_file=None, data_dir=folder)).dispose()
    assert "could read" in caplog.text
    found = rights(folder)
    assert found.pop("data/notes.txt") == "0o644"
    assert set(found.values()) == {"0o600", "0o700"}, found
    caplog.clear()
    open_database(Settings(_env_file=None, data_dir=folder)).dispose()
    assert caplog.text == ""


def test_a_folder_that_others_work_in_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "everybody"
    shared.mkdir()
    shared.chmod(0o1777)
    work = tmp_path / "work"
    work.mkdir(mode=0o755)
    monkeypatch.chdir(work)
    for folder in (shared, work, Path()):
        (folder / "secret_key").write_text("x")
        assert private.tighten(folder, None) == [folder / "secret_key"]
        (folder / "secret_key").unlink()
    assert (oct(shared.stat().st_mode & 0o7777), oct(work.stat().st_mode & 0o777)) == ("0o1777", "0o755")


def test_what_a_link_leads_to_is_somebody_elses(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text("x")
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "secret_key").symlink_to(target)
    assert private.tighten(folder, None) == []
    assert oct(target.stat().st_mode & 0o777) == "0o644"
