"""Which schemas this version knows, without Alembic, which every process of the shop would have to load for it."""

from __future__ import annotations

import functools
from pathlib import Path

from sqlalchemy import Connection, text

OLDEST_FACT = "schema.oldest_that_runs"  # of the database: the oldest schema whose programs run on this one
SCRIPTS = Path(__file__).parents[1] / "migrations"


@functools.cache
def revisions() -> tuple[str, frozenset[str]]:
    """The newest, and all, of this version: what the names of the scripts begin with."""
    known = frozenset(path.stem.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
    return max(known), known


def is_behind(connection: Connection) -> bool:
    """Whether the schema is older than this version's. A newer one is not behind: while a release is rolled out,
    processes of the version before go on serving on the new schema."""
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    head, known = revisions()
    return revision != head and (revision is None or revision in known)
