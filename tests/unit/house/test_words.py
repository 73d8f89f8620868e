"""Every text of the shop is in every catalogue, with the same places and the plural forms that its language has."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from babel.plural import to_gettext

from app.words.catalogues import catalogue
from app.words.languages import ENGLISH, LANGUAGES, Language

ROOT = Path(__file__).parents[3]
OTHERS = [one for one in LANGUAGES if one is not ENGLISH]
PLACE = re.compile(r"\{\w+\}")


def messages(language: Language):
    with catalogue(language).open("rb") as source:
        return [one for one in read_po(source, locale=language.code) if one.id]


def test_catalogues_have_every_text_and_no_other() -> None:
    """A new text wants `make words`, and its translations."""
    done = subprocess.run(
        [sys.executable, "scripts/words.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("language", OTHERS, ids=lambda one: one.code)
class TestCatalogue:
    def test_has_the_places_of_each_text(self, language: Language) -> None:
        for one in messages(language):
            if not one.pluralizable:
                assert set(PLACE.findall(one.string)) == set(PLACE.findall(one.id)), one.id
                continue
            places = set(PLACE.findall("".join(one.id)))
            assert set(PLACE.findall("".join(one.string))) == places, one.id
            # The forms of one and two may say the number in words; of all others nobody could tell it.
            few = 3 if language.code == "ar" else 1
            assert all(set(PLACE.findall(form)) == places for form in one.string[few:]), one.id

    def test_has_the_plural_forms_of_its_language(self, language: Language) -> None:
        rule = to_gettext(Locale.parse(language.code).plural_form)
        assert f"Plural-Forms: {rule}" in catalogue(language).read_text()
        count = int(re.match(r"nplurals=(\d)", rule)[1])
        for one in messages(language):
            if one.pluralizable:
                assert len(one.string) == count
                assert all(one.string)

    def test_keeps_blanks_and_line_ends_out_of_texts(self, language: Language) -> None:
        for one in messages(language):
            for text in one.id if one.pluralizable else (one.id,):
                assert text == text.strip()
                assert "\n" not in text


# --- texts in the code ------------------------------------------------------------------------------

SHOWN = ("components/shop", "components/account", "pages/shop", "pages/account")
SAID = {"say", "say_many", "say_with", "mark", "mark_many"}
# Keywords and calls whose texts nobody reads.
UNREAD = {
    "className", "class_name", "id", "type", "name", "icon_name", "autocomplete", "inputmode", "role", "method",
    "color", "toggle_class_name", "labelClassName", "inputClassName", "target", "rel",
}  # fmt: skip
TEXT = re.compile(r"\s*[A-Z“][a-z]+(?:\W|$)")
# What other standards and people name.
NAMES = {"Aegis", "PDF"}


def escaping(source: str) -> list[str]:
    """Literals that look like texts for people and are not given to what translates them."""
    tree = ast.parse(source)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAID:
            skipped |= set(ast.walk(node))
        elif isinstance(node, ast.keyword) and node.arg in UNREAD:
            skipped |= set(ast.walk(node.value))
        elif isinstance(node, ast.Expr | ast.Compare | ast.Subscript | ast.FunctionDef):
            parts = [node.value] if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else []
            parts += [node.slice] if isinstance(node, ast.Subscript) else []
            parts += node.comparators if isinstance(node, ast.Compare) else []
            parts += [node.returns] if isinstance(node, ast.FunctionDef) and node.returns else []
            skipped |= {one for part in parts for one in ast.walk(part)}
        elif isinstance(node, ast.AnnAssign) or (isinstance(node, ast.arg) and node.annotation):
            skipped |= set(ast.walk(node.annotation))
    literals = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in skipped]
    return [
        f"{node.lineno}: {node.value}" for node in literals if isinstance(node.value, str) and TEXT.match(node.value)
    ]


@pytest.mark.parametrize("folder", SHOWN)
def test_no_text_of_the_store_is_written_without_being_said(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{text}"
        for path in sorted((ROOT / folder).glob("*.py"))
        for text in escaping(path.read_text())
    ]
    assert found == []


def test_a_text_that_is_not_said_is_found() -> None:
    source = 'html.P("Sold out", className="Sold out"), say("Sold out"), html.P(f"Only {n} left"), mark("Cart")'
    assert escaping(source) == ["1: Sold out", "1: Only "]


def test_no_script_of_the_store_shows_a_text_without_saying_it() -> None:
    unsaid = re.compile(r'(?<!say\()(?<!Many\()(?<!, )"([A-Z][a-z]+ [a-z][^"]*)"')
    found = [
        f"{path.name}: {text}"
        for path in sorted(ROOT.glob("assets/[0-4]*.js"))
        for text in unsaid.findall(path.read_text())
    ]
    assert found == []


def test_no_text_is_said_within_an_f_string_where_it_is_not_found() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for top in ("app", "pages", "components")
        for path in sorted((ROOT / top).rglob("*.py"))
        for joined in ast.walk(ast.parse(path.read_text()))
        if isinstance(joined, ast.JoinedStr)
        for node in ast.walk(joined)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in SAID
        and isinstance(node.args[0], ast.Constant)
    ]
    assert found == []
