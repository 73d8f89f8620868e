"""What a process of the shop knows of its migrations without Alembic is what Alembic finds."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import ScriptDirectory

from app.stores.sql.engine.revisions import SCRIPTS, revisions


def test_names_of_scripts_begin_with_their_revisions():
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    assert revisions() == (scripts.get_current_head(), frozenset(one.revision for one in scripts.walk_revisions()))
