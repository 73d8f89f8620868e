"""The command line: python -m app COMMAND."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app.cli.becoming_server import become_server


def main(arguments: Sequence[str] | None = None) -> int:
    said = sys.argv[1:] if arguments is None else arguments
    if list(said) == ["serve"]:
        become_server()
    from app.cli import command_line  # what the other commands need is slow to load

    return command_line.main(said)


if __name__ == "__main__":
    sys.exit(main())
