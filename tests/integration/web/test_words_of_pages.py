"""No text of the store escapes translation: pages are built in a language whose every message is marked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from babel import Locale
from flask.testing import FlaskClient

from app import words
from app.addresses import product_path
from app.domain import Role
from app.domain.places import address_rules
from app.web import languages
from app.web.finished import script_words
from app.web.page import PAGES
from app.words import Language
from tests.conftest import WiredApp
from tests.support.dash_calls import navigate
from tests.support.shop import add_product

Clients = Callable[..., FlaskClient]
SPOKEN = ("aria-label", "title", "placeholder", "alt", "label")
TEXTS = {"children", "label", *SPOKEN}
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Names that are the same in every language, and what other standards name.
SAME = {"PDF", "CVC", "Retail", "Sync", "English", "Deutsch", "हिन्दी", "العربية", *re.findall(r"\w+", "हिन्दी")}


class Marked(Language):
    """A language that writes numbers as German does."""

    def locale(self, store_locale: str, country: str = "") -> str:
        return "de"


class Marks:
    def gettext(self, text: str) -> str:
        return f"⟦{text}⟧"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return f"⟦{one if count == 1 else many}⟧"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Language:
    language, known = Marked("zz", "Marked"), words.translations
    monkeypatch.setattr(words, "translations", lambda one: Marks() if one is language else known(one))
    monkeypatch.setattr(script_words, "meta", lambda one: "")  # CLDR knows no such language
    monkeypatch.setitem(languages._BY_PREFIX, language.prefix, language)
    return language


class Read(HTMLParser):
    """What a document shows and has read out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in ("script", "style")
        self.texts += [value or "" for name, value in attrs if name in SPOKEN]
        if tag == "meta" and dict(attrs).get("name") == "description":
            self.texts.append(dict(attrs).get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def texts_of(part: Any) -> Iterator[str]:
    """Of a page as Dash draws it."""
    if isinstance(part, list):
        for one in part:
            yield from [one] if isinstance(one, str) else texts_of(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str) and name in TEXTS:
                yield value
            elif isinstance(value, list) and name not in TEXTS:  # values of choices, which nobody reads
                yield from texts_of([one for one in value if not isinstance(one, str)])
            elif name != "data":  # what scripts are told is shown by nobody
                yield from texts_of(value)


def unmarked(texts: Iterator[str] | list[str], own: set[str]) -> list[str]:
    found = []
    for text in texts:
        left = text
        for name in sorted(own, key=len, reverse=True):
            left = left.replace(name, " ")
        while MARKED.search(left):
            left = MARKED.sub(" ", left)
        if any(word not in SAME for word in LETTERS.findall(left)):
            found.append(text)
    return found


def owners_words(wired_app: WiredApp) -> set[str]:
    """Names and texts that people gave: they are the same in every language."""
    built = wired_app.services
    own = set(Locale("de").territories.values()) | {built.settings.store_name}
    own |= {area.label for area in address_rules(built.settings.country, "de").areas}
    for product in built.catalog.all():
        own |= {product.name, product.category, product.brand, product.description, product.sku, product.barcode}
        own |= {text for option in product.options for text in option} | set(product.tags)
        own |= {picture.alt for picture in product.pictures}
    return {text for text in own if text}


def test_every_page_of_the_store_says_nothing_but_messages(
    wired_app: WiredApp, app_client: Clients, marked: Language
) -> None:
    product = add_product(wired_app.services, "Walnut rack", 9_900, 3, "Racks")
    own = owners_words(wired_app)
    path = product_path(product.product_id, product.name)
    guest, customer = app_client(), app_client(Role.CUSTOMER)
    escaped: dict[str, list[str]] = {}
    for client in (guest, customer):
        client.post("/cart/change", data={"add": product.product_id})
        for page in PAGES.values():
            if page.frame != "store" or page.path is None:
                continue
            for address in {"/": ("/", "/?category=Racks&sort=name", "/?q=no+such+thing")}.get(page.path, (page.path,)):
                asked, _, search = address.partition("?")
                drawn = navigate(client, f"/zz{asked}", search and f"?{search}", prefix="/zz")
                mail = {"customer@shop.example", "Customer"}
                escaped[address] = unmarked(texts_of(drawn.json), own | mail | names_of(drawn.text))
        for address in ("/", "/no/such/page", path, "/cart", "/checkout"):
            read = Read(client.get(f"/zz{address}").text)
            escaped[f"document {address}"] = unmarked(read.texts, own | names_of(" ".join(read.texts)))
    assert {address: texts for address, texts in escaped.items() if texts} == {}


def names_of(text: str) -> set[str]:
    """Addresses and names of people, and what the browser calls itself."""
    return set(re.findall(r"[\w.+-]+@[\w.-]+|Customer(?: \d+)?", text)) | {"Werkzeug"}


def test_an_unmarked_text_is_found() -> None:
    tree = {"props": {"children": ["⟦Add ⟦one⟧⟧", {"props": {"aria-label": "Remove it"}}], "placeholder": "Name"}}
    assert unmarked(texts_of(tree), set()) == ["Remove it", "Name"]
    assert unmarked(Read('<p title="Tip">⟦Cart⟧ 3 <b>left</b></p><script>var word</script>').texts, set()) == [
        "Tip", "left"
    ]  # fmt: skip
    assert json.dumps(unmarked(["Bowl"], {"Bowl"})) == "[]"
