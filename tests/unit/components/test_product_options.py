"""The choice on a family's page, its card in the grid, and the gallery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain import Product, ProductPicture
from app.domain.families import Family
from components.shop.gallery import gallery
from components.shop.product_card import product_card
from components.shop.product_options import product_options
from tests.unit.components.test_store_components import FORMATS

M = Product("T/M", "Tee, M", 1_000, 5, 1, family_id="T", options=(("Size", "M"), ("Colour", "Red")))
L = replace(M, product_id="T L", sku="T L", name="Tee, L", price=1_200, options=(("Size", "L"), ("Colour", "Blue")))
OUT = replace(M, product_id="S#", sku="S#", name="Tee, S", stock=0, options=(("Size", "S"), ("Colour", "Red")))
FAMILY = Family.of("T", (M, L, OUT))


def links(tree: Any) -> dict[str, Any]:
    return {one.children[0].children: one for one in tree._traverse() if type(one).__name__ == "Link"}


def said(link: Any) -> str:
    return "".join(part.children for part in link.children if part is not None)


def test_each_value_is_a_link_to_the_product_that_has_it():
    shown = links(product_options(M, FAMILY))
    assert {value: link.href for value, link in shown.items()} == {
        "M": "/product/T%2FM/tee-m", "Red": "/product/T%2FM/tee-m", "L": "/product/T%20L/tee-l",
        "Blue": "/product/T%20L/tee-l", "S": "/product/S%23/tee-s",
    }  # fmt: skip
    assert said(shown["M"]) == "M (chosen)"
    assert said(shown["S"]) == "S (sold out)"
    assert said(shown["L"]) == "L (not in this combination, shows L, Blue)"
    assert {value for value, link in shown.items() if "is-none" in link.className} == {"S", "L", "Blue"}


def test_a_familys_card_leads_to_the_choice_and_says_from_what_price():
    card = product_card(M, FORMATS, "", family=FAMILY)
    words = str(card)
    assert "from " in words
    assert FAMILY.name in words
    assert [link.href for link in card._traverse() if type(link).__name__ == "Link"] == ["/product/T%2FM/tee-m"] * 2
    assert not [one for one in card._traverse() if type(one).__name__ == "Button"]


def test_several_pictures_are_a_strip_with_small_ones_that_lead_to_each():
    alone = replace(M, pictures=(ProductPicture("a.webp", "A red tee"),))
    assert [one.alt for one in gallery(alone)._traverse() if type(one).__name__ == "Img"] == ["A red tee"]
    several = gallery(replace(M, pictures=(ProductPicture("a.webp", "Front"), ProductPicture("b.webp"))))
    alts = [one.alt for one in several._traverse() if type(one).__name__ == "Img"]
    assert alts == ["Front", "Picture of Tee, M", "Show picture 1: Front", "Show picture 2: Picture of Tee, M"]
    ids = {one.id for one in several._traverse() if getattr(one, "id", None)}
    whole = {"/media/products/a.webp", "/media/products/b.webp"}  # to be looked at closely
    assert {one.href for one in several._traverse() if type(one).__name__ == "A"} == {f"#{one}" for one in ids} | whole
