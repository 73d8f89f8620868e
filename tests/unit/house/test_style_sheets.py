"""A class belongs to one style sheet: all are loaded on every page, and a later one would change another's look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What stands for itself: frames of an animation, and paper, which is laid over all of them on purpose.
APART = re.compile(r"@(?:keyframes|media print)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
OUTER_COMMA = re.compile(r",(?![^(]*\))")
WHOLE_PAGE = re.compile(r"(?:|:root|\[data-bs-theme[^\]]*\]|\*(?:::\w+)?)")  # where variables are kept


def declared(css: str) -> Iterator[tuple[str, str]]:
    """(selector, property) of each declaration, whatever the width of the screen."""
    for selectors, body in RULE.findall(APART.sub("", COMMENT.sub("", css))):
        for selector in OUTER_COMMA.split(selectors):
            for declaration in body.split(";"):
                name, colon, _ = declaration.partition(":")
                if colon:
                    yield " ".join(selector.split()), name.strip()


def twice(sheets: dict[str, str]) -> list[str]:
    homes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for sheet, css in sheets.items():
        for selector, name in declared(css):
            if not WHOLE_PAGE.fullmatch(selector):
                homes[selector, name].add(sheet)
    return [f"{selector} {{ {name} }}: {sorted(found)}" for (selector, name), found in homes.items() if len(found) > 1]


def test_no_sheet_overrides_what_another_says_of_the_same_selector() -> None:
    found = twice({path.name: path.read_text() for path in sorted(ROOT.glob("assets/*.css"))})
    assert not found, "\n".join(found)


def test_a_rule_of_two_sheets_is_found_also_under_a_width() -> None:
    narrow = "@media (max-width: 9px) { .chip, .bar :is(a, b) { color: red; } } @media print { .bar { color: black; } }"
    assert twice({"1.css": ".chip { color: blue; margin: 0; } .bar { color: blue; }", "2.css": narrow}) == [
        ".chip { color }: ['1.css', '2.css']"
    ]
