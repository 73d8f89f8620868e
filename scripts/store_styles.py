"""Makes what the store's pages need of Bootstrap and its icons: app/web/finished/sheet/.

    python scripts/store_styles.py          write it anew
    python scripts/store_styles.py --check  say what is missing; a test calls this

A rule is kept when each class of its selector occurs as a word in what the store's pages are made of, or is one of
those that Dash Bootstrap Components write themselves. Of the icon font the icons that are named there stay.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import flask_bootstrap
import tinycss2
from fontTools import subset

ROOT = Path(__file__).parents[1]
SHEET = ROOT / "app" / "web" / "finished" / "sheet"
THEIRS = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css"
SOURCES = ("components/kit/*.py", "components/shop/*.py", "components/account/*.py", "pages/shop/*.py",
           "pages/account/*.py", "app/web/document.py", "app/web/page.py", "app/web/finished/*.py", "assets/[0-4]*.js",
           "assets/[0-4]*.css")  # fmt: skip
# Whole families: their parts are named by the component library or made of pieces.
FAMILIES = re.compile(r"(modal|offcanvas|dropdown|btn|form|fade|show|collaps|alert|spinner|badge)(-|$)")


def main() -> int:
    made = {"bootstrap.css": _bootstrap().encode(), "icons.css": _icon_rules().encode()}
    if "--check" in sys.argv[1:]:
        wrong = [name for name, text in made.items() if not _holds(name, text)]
        wrong += [] if _glyphs(SHEET / "icons.woff2") == set(_icons().values()) else ["icons.woff2"]
        for name in wrong:
            print(f"{SHEET / name} is not what the pages need: run python scripts/store_styles.py")
        return 1 if wrong else 0
    SHEET.mkdir(exist_ok=True)
    for name, text in made.items():
        (SHEET / name).write_bytes(text)
    (SHEET / "icons.woff2").write_bytes(_font())
    return 0


def _holds(name: str, text: bytes) -> bool:
    path = SHEET / name
    return path.is_file() and path.read_bytes() == text


def _texts() -> Iterator[str]:
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            yield path.read_text()


# --- Bootstrap ----------------------------------------------------------------------------------


def _bootstrap() -> str:
    words = {word for text in _texts() for word in re.findall(r"[A-Za-z][\w-]*", text)}
    rules = tinycss2.parse_stylesheet(
        (THEIRS / "bootstrap.min.css").read_text(), skip_comments=True, skip_whitespace=True
    )
    return _by_reading("".join(_kept(rules, words))) + "\n"


# Sides of the page as sides of the text, so that one sheet serves languages that are read from right to left.
_SIDES = {"left": "inline-start", "right": "inline-end"}
_CORNERS = {"top-left": "start-start", "top-right": "start-end", "bottom-left": "end-start", "bottom-right": "end-end"}


def _by_reading(css: str) -> str:
    css = re.sub(
        r"(?<![\w-])border-((?:top|bottom)-(?:left|right))-radius(?=:)",
        lambda found: f"border-{_CORNERS[found[1]]}-radius",
        css,
    )
    css = re.sub(
        r"(?<![\w-])(margin|padding|border)-(left|right)(-\w+)?(?=:)",
        lambda found: f"{found[1]}-{_SIDES[found[2]]}{found[3] or ''}",
        css,
    )
    css = re.sub(r"(?<![\w-])(left|right)(?=:)", lambda found: f"inset-{_SIDES[found[1]]}", css)
    css = re.sub(r"(?<=float:)(left|right)", lambda found: _SIDES[found[1]], css)
    return re.sub(r"(?<=text-align:)(left|right)", lambda found: _SIDES[found[1]].removeprefix("inline-"), css)


def _kept(rules: Iterable[tinycss2.ast.Node], words: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            chosen = [one for one in _selectors(rule) if _is_used(one, words)]
            if chosen:
                yield f"{','.join(chosen)}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inside = "".join(
                _kept(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), words)
            )
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            yield rule.serialize()


def _selectors(rule: tinycss2.ast.QualifiedRule) -> list[str]:
    """Those of a list, parted at commas outside of brackets."""
    return re.split(r",(?![^(]*\))", tinycss2.serialize(rule.prelude))


def _is_used(selector: str, words: set[str]) -> bool:
    outside = re.sub(r":not\([^)]*\)", "", selector)  # what must not be there need not be used
    return all(name in words or FAMILIES.match(name) for name in re.findall(r"\.([\w-]+)", outside))


# --- icons --------------------------------------------------------------------------------------


def _icons() -> dict[str, int]:
    """Names of the icons that the sources name, with the places of their glyphs in the font."""
    rules = (THEIRS / "font" / "bootstrap-icons.min.css").read_text()
    known = {
        name: int(place, 16) for name, place in re.findall(r'\.bi-([a-z0-9-]+)::before\{content:"\\([0-9a-f]+)"', rules)
    }
    names: set[str] = set()
    for text in _texts():
        names.update(re.findall(r"[\"']([a-z0-9-]+)[\"']", text), re.findall(r"bi-([a-z0-9-]+)", text))
        places = {int(place, 16) for place in re.findall(r'content: "\\([0-9A-Fa-f]{4})"', text)}
        names.update(name for name, place in known.items() if place in places)
    return {name: known[name] for name in sorted(names & known.keys())}


def _icon_rules() -> str:
    rules = (THEIRS / "font" / "bootstrap-icons.min.css").read_text()
    shape = re.search(r"\.bi::before,[^{]*\{([^}]*)\}", rules)
    assert shape is not None
    named = "".join(f'.bi-{name}::before{{content:"\\{place:x}"}}\n' for name, place in _icons().items())
    return f'.bi::before,[class^="bi-"]::before,[class*=" bi-"]::before{{{shape[1]}}}\n{named}'


def _font() -> bytes:
    options = subset.Options(flavor="woff2", layout_features=[], notdef_outline=True)
    font = subset.load_font(str(THEIRS / "font" / "fonts" / "bootstrap-icons.woff2"), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=_icons().values())
    chosen.subset(font)
    font["head"].modified = 0  # the same icons make the same file
    made = BytesIO()
    subset.save_font(font, made, options)
    return made.getvalue()


def _glyphs(path: Path) -> set[int]:
    if not path.is_file():
        return set()
    return set(subset.load_font(str(path), subset.Options()).getBestCmap())


if __name__ == "__main__":
    sys.exit(main())
