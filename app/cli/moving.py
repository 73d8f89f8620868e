"""transfer: carry this shop to servers."""

from __future__ import annotations

import argparse
import hmac
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from app.errors import StartupError
from app.settings.environment import Settings, load_settings, loaded
from app.settings.in_force import settings_with
from app.stores.sql.engine.migrate import migrate, require_current
from app.stores.sql.transfer import moving
from app.tools.transfer.copying import Copied
from app.tools.transfer.proof import Proof
from app.tools.transfer.run import Outcome, Source, Target, transfer
from app.wiring import stores

# Rows hold what these made of them: store days, amounts.
_SAME = ("currency", "store_timezone")

STILL_RUNNING = (
    "The shop is still running, so this was a first pass, and the target stays closed.\n"
    "Stop the shop, and run the same command again: it carries what changed since."
)
WENT_ON = "The transfer was complete before, and the target has changed since. Nothing was done."
NOT_WHOLE = "Not everything arrived as it is here, so the target stays closed. Run the command again."
NOTHING_LEFT = "The transfer was complete before; nothing was changed."
MOVED = "The shop has moved. Start it with the new settings, and prove it there:\n  python -m app reconcile"


class _FileSettings(Settings):
    """Settings of a file alone: this process's environment is the other shop's."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, dotenv_settings


def move(arguments: argparse.Namespace) -> int:
    here = load_settings()
    if not here.is_embedded or here.catalog_backend != "sql":
        raise StartupError("DATABASE_URL: transfer carries an embedded shop (SQLite), and this one is not.")
    database = stores.open_database(here, patient=True)
    require_current(database)
    if arguments.stay:
        was_gone = database.write(moving.forget_moved)
        print("This shop goes on here." if was_gone else "This shop never moved away; nothing was changed.")
        return 0
    if arguments.to is None:
        raise StartupError("Name the target's settings with --to FILE, in the form of a file .env.")
    there = _target_settings(arguments.to)
    _check_together(here, there, stores.stored_settings(database))
    target = stores.open_database(there, patient=True)
    migrate(target)
    stores.migrate_catalog(there)
    outcome = transfer(
        Source(database, stores.images_of(here), here.data_dir),
        Target(target, stores.images_of(there), stores.catalog_target(there)),
        progress=lambda words: print(f"  {words} ...", file=sys.stderr, flush=True),
    )
    print(report(outcome))
    return 0 if outcome.is_final and outcome.agrees else 1


def _target_settings(path: str) -> Settings:
    if not Path(path).is_file():
        raise StartupError(f"There is no file {path} with the target's settings.")
    for name, value in dotenv_values(path).items():
        if name.startswith("AWS_") and value is not None:  # boto3 reads these by itself
            os.environ[name] = value
    values: dict[str, Any] = {"_env_file": path}
    return loaded(lambda: _FileSettings(**values))


def _check_together(here: Settings, there: Settings, stored: Mapping[str, str]) -> None:
    """`stored`: what admins set here, which moves along."""
    if there.is_embedded:
        raise StartupError(
            "DATABASE_URL: the target needs a database server: mysql+pymysql://user:password@host/database"
        )
    if not hmac.compare_digest(here.resolved_secret_key(), there.resolved_secret_key()):
        kept = "in SECRET_KEY" if here.secret_key else f"in {here.data_dir / 'secret_key'}"
        raise StartupError(
            f"SECRET_KEY: the target's must be this shop's, which is kept {kept}: with another one the codes of "
            "authenticator apps and the links sent by e-mail would stop counting."
        )
    for name in _SAME:
        ours, theirs = (getattr(settings_with(one, stored), name) for one in (here, there))
        if ours != theirs:
            raise StartupError(
                f"{name.upper()}: the target says {theirs}, but this shop's books are kept in {ours}. Set the same."
            )


def report(outcome: Outcome) -> str:
    """What was carried and proven, for people."""
    copied = [(name, done) for name, done in outcome.copied.items() if done.read or done.is_changed]
    lines = [f"  {name:<32}{done.read:>10,} rows: {_changes(done)}" for name, done in copied]
    lines += [f"  {'pictures':<32}{outcome.pictures:>10,}"] if outcome.pictures else []
    lines += [f"  The picture {name} is missing here, too." for name in outcome.missing_pictures]
    if not outcome.is_final:
        return "\n".join([*lines, STILL_RUNNING])
    wrong = [_shown(proof) for proof in outcome.proofs if not proof.agrees]
    if wrong:
        return "\n".join([*lines, *wrong, WENT_ON if outcome.was_complete else NOT_WHOLE])
    for proof in outcome.proofs:
        if proof.sums:
            lines.append(f"  {proof.name}: {', '.join(f'{name} {here:,}' for name, (here, _) in proof.sums.items())}")
    total = sum(proof.rows[0] for proof in outcome.proofs)
    lines.append(
        f"Counts, sums and checksums of {len(outcome.proofs)} kinds, {total:,} rows, are the same on both sides."
    )
    return "\n".join([*lines, NOTHING_LEFT if outcome.was_complete else MOVED])


def _changes(done: Copied) -> str:
    if not done.is_changed:
        return "unchanged"
    parts = (("added", done.added), ("replaced", done.replaced), ("removed", done.removed))
    return ", ".join(f"{count:,} {word}" for word, count in parts if count)


def _shown(proof: Proof) -> str:
    sums = "".join(f", {name} {a:,} here and {b:,} there" for name, (a, b) in proof.sums.items() if a != b)
    same = "" if proof.checksums[0] == proof.checksums[1] else ", and their content differs"
    return f"  {proof.name}: {proof.rows[0]:,} rows here and {proof.rows[1]:,} there{sums}{same}"
