"""What documents and docstrings point at is there: pages, headings, files, modules and what is in them."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/*.md"))
HISTORY = ROOT / "CHANGELOG.md"  # names what was there at the time
FOLDERS = ("app", "pages", "components", "scripts", "tests")
SOURCES = sorted(path for top in FOLDERS for path in (ROOT / top).rglob("*.py"))

FENCED = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
FILE = re.compile(r"(?<![\w/.<>-])(?:app|assets|components|deploy|docs|pages|scripts|tests)/[\w./*{},-]*[\w*/}]")
DOCUMENT = re.compile(r"(?<![\w/.-])[\w/-]+\.md\b")
MODULE = re.compile(r"(?<![\w./*-])((?:\w+/)*\w+\.py)\b((?:::\w+)*)")
DOTTED = re.compile(r"(?<![\w/.-])(?:app|components|pages|tests)(?:\.[A-Za-z_]\w*)+")

# Not modules: the loggers, named in docs/observability.md, and the extensions of files.
LOGGERS = {"app.access", "app.effects", "app.feed"}


def lost_links(document: Path) -> Iterator[str]:
    """Relative links of a page that lead to no file, or to no heading of it."""
    for target in LINK.findall(FENCED.sub("", document.read_text())):
        if ":" in target:
            continue
        path, _, anchor = target.partition("#")
        page = (document.parent / path) if path else document
        if not page.exists() or (anchor and anchor not in anchors(page)):
            yield target


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in HEADING.findall(FENCED.sub("", page.read_text())):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = sum(1 for other in found if re.fullmatch(re.escape(slug) + r"(-\d+)?", other))
        found.add(f"{slug}-{number}" if number else slug)
    return found


def lost_names(text: str, root: Path = ROOT) -> Iterator[str]:
    """Files, pages, tests and dotted names in `text` that are not there."""
    for name in {*FILE.findall(text), *DOCUMENT.findall(text)} - {name for name, _ in MODULE.findall(text)}:
        if not any(any(root.glob(each)) for each in alternatives(name)):
            yield name
    for name, inner in set(MODULE.findall(text)):
        found = files_named(name, root)
        if not found or not any(set(inner.split("::")[1:]) <= names_of(path) for path in found):
            yield name + inner
    for name in set(DOTTED.findall(text)) - LOGGERS:
        if not is_there(name, root):
            yield name


def files_named(name: str, root: Path) -> list[Path]:
    """The modules of a path, or of the end of one: tests are often named without their folder."""
    same = modules_by_name(root).get(name.rpartition("/")[2], [])
    return [path for path in same if path.as_posix().endswith(f"/{name}")]


@functools.cache
def modules_by_name(root: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in (path for top in FOLDERS for path in (root / top).rglob("*.py")):
        found.setdefault(path.name, []).append(path)
    return found


def alternatives(name: str) -> list[str]:
    """`a/{b,c}.py` is two."""
    match = re.search(r"\{([^{}]*)\}", name)
    if match is None:
        return [name]
    return [name[: match.start()] + each + name[match.end() :] for each in match[1].split(",")]


def is_there(name: str, root: Path) -> bool:
    """Whether a dotted name is a module, or something that a module defines."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = root.joinpath(*parts[:length])
        if path.is_dir() and length == len(parts):
            return True
        module = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
        if module.is_file():
            return set(parts[length:]) <= names_of(module)
    return False


@functools.cache
def names_of(module: Path) -> frozenset[str]:
    """Every name that a module defines or imports, at whatever depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return frozenset(found)


def docstrings(source: Path) -> Iterator[str]:
    waiting: list[ast.AST] = [ast.parse(source.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""
        waiting += getattr(node, "body", ())  # of statements: to walk every expression too takes several times as long


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    assert list(lost_links(document)) == []


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d != HISTORY], ids=lambda path: path.name)
def test_every_file_and_name_in_a_document_is_there(document: Path) -> None:
    spans = SPAN.findall(FENCED.sub("", document.read_text()))
    assert sorted(lost for span in spans for lost in lost_names(span)) == []


def test_every_file_and_name_in_a_docstring_is_there() -> None:
    lost = {
        f"{source.relative_to(ROOT)}: {name}"
        for source in SOURCES
        for text in docstrings(source)
        for name in lost_names(text)
    }
    assert sorted(lost) == []


def test_a_link_to_no_page_or_heading_is_caught(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Two words\n[here](#two-words) [self](page.md#two-words) [web](https://shop.example/x)\n"
        "[gone](gone.md) [moved](page.md#three-words)\n```\n[code](no-link.md)\n```\n"
    )
    assert list(lost_links(page)) == ["gone.md", "page.md#three-words"]


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("app/money.py, app/mail/{receipt,rule}.py and app/services/*/ports.py", []),
        ("app/moneys.py", ["app/moneys.py"]),
        ("test_money.py, unit/house/test_money.py and test_links.py::test_a_name_of_nothing_is_caught", []),
        ("test_moneys.py and integration/test_money.py", ["integration/test_money.py", "test_moneys.py"]),
        ("test_links.py::TestNothing", ["test_links.py::TestNothing"]),
        ("GONE.md and docs/gone.md", ["GONE.md", "docs/gone.md"]),
        ("app.domain.amounts.half_up, app.errors.ShopError.code, app.services and the logger app.access", []),
        ("app.money.quarter_up", ["app.money.quarter_up"]),
        ("app.services.nothing", ["app.services.nothing"]),
        ("GET /api/docs/x and shop/pages/x", []),
    ],
)
def test_a_name_of_nothing_is_caught(text: str, lost: list[str]) -> None:
    assert sorted(lost_names(text)) == lost
