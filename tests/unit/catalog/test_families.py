"""Families: one card for products that differ by options, found, counted, sorted and chosen from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import Product, ProductStatus
from app.domain.families import Family
from tests.unit.catalog.test_catalog_search import BORN, FakeCatalog, Window, product


def tee(size: str, colour: str, price: int = 1_000, stock: int = 5, **fields: object) -> Product:
    options = (("Size", size), ("Colour", colour))
    made = product(f"TEE-{size}-{colour}", f"Linen Tee, {colour}, {size}", price, stock, category="Clothes")
    return replace(made, family_id="TEE", options=options, **fields)


RED_M, RED_L, BLUE_L = tee("M", "Red"), tee("L", "Red", 1_200), tee("L", "Blue", 1_500, 0)
SOCK = product("SOCK", "Sock", 1_100, category="Clothes")
LAMP = product("LAMP", "Lamp", 5_000, category="Light")


@pytest.fixture
def window() -> Window:
    made = Window(FakeCatalog([RED_M, RED_L, BLUE_L, SOCK, LAMP]))
    made.sold = {"TEE-L-Red": 9, "SOCK": 5}
    return made


class TestTheGrid:
    def test_a_family_is_one_card_and_counts_once(self, window: Window):
        found = window.service.search()
        assert [p.product_id for p in found.items] == ["TEE-L-Red", "SOCK", "LAMP"]
        assert (found.total, dict(found.categories)) == (3, {"Clothes": 2, "Light": 1})
        assert dict(window.service.categories()) == {"Clothes": 2, "Light": 1}
        assert set(found.families) == {"TEE-L-Red"}
        assert {p.product_id for p in found.families["TEE-L-Red"].members} == {"TEE-M-Red", "TEE-L-Red", "TEE-L-Blue"}

    @pytest.mark.parametrize(
        ("sort", "ids"),
        [
            ("price_asc", ["TEE-M-Red", "SOCK", "LAMP"]),
            ("price_desc", ["LAMP", "SOCK", "TEE-M-Red"]),
            ("name", ["LAMP", "TEE-L-Blue", "SOCK"]),
        ],
    )
    def test_it_stands_where_its_first_member_or_its_price_does(self, window: Window, sort: str, ids: list[str]):
        assert window.ids(sort=sort) == ids

    def test_filters_are_met_by_any_member(self, window: Window):
        assert window.ids(price_min=1_400, price_max=2_000) == ["TEE-L-Blue"]
        assert window.ids(price_min=1_400, price_max=2_000, in_stock=True) == []
        assert window.ids("blue") == ["TEE-L-Blue"]
        assert window.ids(category="Clothes") == ["TEE-L-Red", "SOCK"]

    @pytest.mark.parametrize(
        ("asked", "price", "has_one_price", "stock"),
        [
            ({}, 1_000, False, 10),
            ({"price_min": 1_100}, 1_200, False, 5),
            ({"price_min": 1_100, "in_stock": True}, 1_200, True, 5),
            ({"q": "blue"}, 1_500, True, 0),
            ({"q": "linen", "price_max": 1_100}, 1_000, True, 5),
        ],
    )
    def test_a_card_tells_of_the_members_that_were_asked_for(
        self, window: Window, asked: dict[str, object], price: int, has_one_price: bool, stock: int
    ):
        found = window.service.search(**asked)
        (card,) = found.families.values()
        assert (card.price_from, card.has_one_price, card.stock) == (price, has_one_price, stock)
        assert (card.name, len(card.members)) == ("Linen Tee", 3)

    def test_it_is_sorted_by_the_members_that_were_asked_for(self, window: Window):
        assert window.ids(sort="price_asc", price_min=1_050) == ["SOCK", "TEE-L-Red", "LAMP"]
        assert window.ids(sort="price_desc", price_min=1_050) == ["LAMP", "TEE-L-Red", "SOCK"]

    @pytest.mark.parametrize("sort", ["popular", "price_asc", "price_desc"])
    def test_a_guess_is_not_told_of_where_its_sibling_is_what_was_meant(self, window: Window, sort: str):
        window.service.search()
        block = replace(tee("S", "Block", 100), family_id="CHEAP")
        window.after(2, replace(tee("S", "Black", 900), family_id="CHEAP"), block)
        found = window.service.search("black", sort=sort)
        assert [(p.product_id, found.families[p.product_id].price_from) for p in found.items] == [("TEE-S-Black", 900)]

    def test_pages_hold_cards(self, window: Window):
        pages = [window.service.search(page=number, page_size=2) for number in (1, 2)]
        assert [[p.product_id for p in page.items] for page in pages] == [["TEE-L-Red", "SOCK"], ["LAMP"]]
        assert pages[0].pages == 2

    def test_one_whose_siblings_left_the_store_stands_alone(self, window: Window):
        window.service.search()
        gone = [replace(one, status=ProductStatus.REMOVED) for one in (RED_L, BLUE_L)]
        window.after(2, *gone)
        found = window.service.search()
        assert [p.product_id for p in found.items] == ["SOCK", "LAMP", "TEE-M-Red"]
        assert found.families == {}
        assert window.service.family("TEE-M-Red") is None

    def test_one_that_joins_or_leaves_is_followed(self, window: Window):
        window.service.search()
        window.after(2, replace(SOCK, family_id="TEE", options=(("Size", "S"), ("Colour", "Red"))))
        assert window.service.search().total == 2
        window.after(2, replace(SOCK, family_id="", options=()))
        assert window.service.search().total == 3

    def test_suggestions_show_it_once_and_not_beside_itself(self, window: Window):
        assert [p.product_id for p in window.service.popular(9)] == ["TEE-L-Red", "SOCK", "LAMP"]
        assert [p.product_id for p in window.service.related("TEE-M-Red", 9)] == ["SOCK", "LAMP"]

    def test_the_api_still_lists_every_sku(self, window: Window):
        shown, _ = window.service.beyond(None, 10)
        assert len(shown) == 5


class TestTheFamily:
    family = Family.of("TEE", (BLUE_L, replace(RED_L, created_at=BORN + timedelta(days=1)), RED_M))

    def test_is_named_by_what_the_names_share_and_priced_from_the_lowest(self):
        assert (self.family.name, self.family.price_from, self.family.has_one_price) == ("Linen Tee", 1_000, False)
        assert self.family.stock == 10
        other = Family.of("X", (replace(RED_M, name="Tee"), replace(RED_L, name="Shirt")))
        assert other.name in ("Tee", "Shirt")

    @pytest.mark.parametrize(
        ("came", "shown"),
        [
            (("100 g", "500 g", "250 g"), ("100 g", "250 g", "500 g")),
            (("10", "9.5", "11"), ("9.5", "10", "11")),
            (("S", "M", "L"), ("S", "M", "L")),
            (("1 kg", "500 g"), ("1 kg", "500 g")),
        ],
    )
    def test_values_with_numbers_stand_by_these_and_others_as_they_came(
        self, came: tuple[str, ...], shown: tuple[str, ...]
    ):
        members = [replace(RED_M, product_id=f"T{at}", options=(("Size", size),)) for at, size in enumerate(came)]
        assert Family.of("T", members).values_of("Size") == shown

    def test_values_lead_to_the_member_that_has_them_or_to_the_nearest(self):
        (size, sizes), (colour, colours) = self.family.choices(RED_M)
        assert (size, colour) == ("Size", "Colour")
        shown = {one.value: (one.product.product_id, one.is_chosen, one.is_exact) for one in (*sizes, *colours)}
        assert shown == {
            "L": ("TEE-L-Red", False, True),
            "M": ("TEE-M-Red", True, True),
            "Blue": ("TEE-L-Blue", False, False),
            "Red": ("TEE-M-Red", True, True),
        }


def test_products_are_found_by_what_they_are_known_by():
    mug = product("m1", "Mug", sku="KH/77", brand="Khurja", barcode="4006381333931", tags=("housewarming", "gift"))
    window = Window(FakeCatalog([mug, LAMP]))
    for query in ("KH/77", "kh 77", "khurja", "khurjaa", "4006381333931", "40063813", "housewarmin", "m1"):
        assert window.ids(query) == ["m1"], query
    window.after(2, replace(mug, tags=()))
    assert window.ids("housewarming") == []
