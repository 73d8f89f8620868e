"""The drawn product pictures: what they show, that they are safe, small, fast and repeatable."""

from __future__ import annotations

import re
import time
from random import Random
from xml.etree import ElementTree

import pytest

from app.domain import Product, ProductPicture
from app.pictures import draw, product_image_url
from app.pictures.colours import PALETTES, distance
from app.pictures.kinds import FALLBACKS, KINDS, VOCABULARY
from app.pictures.patterns import PATTERNS
from app.pictures.reading import PATTERN_WORDS, kind_of, read

LARGEST = 12_000  # bytes before compression; three leafy plants come near it
TYPICAL = 6_000
EVIL = "<script>alert('x')</script>\" onload=\"x & ]]>"


def kind(name: str, category: str = "Gifts") -> str:
    return kind_of(name, category, Random(1))


class TestWhatIsShown:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Indigo Glaze Stoneware Mug", "mug"),
            ("Speckled Dinner Plate, Set of 4", "plate"),
            ("Masala Dabba, Steel, 7 Bowls", "spicebox"),
            ("Copper Water Bottle, 950 ml", "bottle"),
            ("Paper Star Lantern", "starlantern"),
            ("Handloom Cotton Bath Towel", "folded"),
            ("Brass Fountain Pen", "pen"),
            ("Hanging Macrame Planter", "hangingplanter"),
            ("Channapatna Spinning Tops, Set of 3", "tops"),
            ("WHITE HANGING HEART T-LIGHT HOLDER", "hearttealight"),
            ("REGENCY CAKESTAND 3 TIER", "cakestand"),
            ("JUMBO BAG RED RETROSPOT", "tote"),
            ("Seed Pencils, Box of 10", "pencils"),
            ("Stainless Steel Tiffin, 3 Tiers", "tiffin"),
            ("Marble Rolling Pin and Board", "rollingpin"),
            ("Neem Wood Spatula Set", "spoon"),
            ("Hammered Copper Serving Ladle", "ladle"),
            ("Idli Steamer, 16 Pieces", "steamer"),
            ("Carrom Coins and Striker Set", "carrom"),
            ("Chess Set, Rosewood", "boardgame"),
            ("Edison Filament Bulb, Pair", "bulbs"),
            ("Mosaic Wall Sconce", "sconce"),
            ("Bamboo Floor Lamp", "floorlamp"),
            ("Chanderi Silk Stole, Rose", "scarf"),
            ("Pour-Over Coffee Stand", "pourover"),
            ("South Indian Filter Coffee Set", "filtercoffee"),
            ("Wall-Mounted Spice Rack", "shelf"),
            ("Floating Candles, Set of 10", "floating"),
            ("3 HOOK HANGER MAGIC GARDEN", "hooks"),
            ("LUNCH BAG RED RETROSPOT", "lunchbag"),
            ("HEART OF WICKER SMALL", "heart"),
            ("PACK OF 72 RETROSPOT CAKE CASES", "bakecase"),
            ("GARDENERS KNEELING PAD CUP OF TEA", "cushion"),
            ("CHOCOLATE HOT WATER BOTTLE", "hotwater"),
            ("COOK WITH WINE METAL SIGN", "sign"),
            ("LUNCH BOX WITH CUTLERY RETROSPOT", "lunchbox"),
            ("FRENCH CHATEAU SMALL FRUITBOWL", "bowl"),
        ],
    )
    def test_the_name_says_what_is_drawn(self, name: str, expected: str):
        assert kind(name) == expected

    def test_a_large_set_of_diyas_is_a_crowd(self):
        assert read("1", "Hand-Painted Diyas, Set of 12", "Gifts").kind == "diyas"
        assert read("1", "Brass Diya, Pair", "Gifts").kind == "diya"

    def test_a_name_that_says_nothing_falls_back_to_its_category(self):
        for category, kinds in FALLBACKS.items():
            assert kind("Xyzzy", category.title()) in kinds
        assert kind("", "no such category") in KINDS

    def test_colour_and_material_words_are_heard(self):
        assert read("1", "Red Mug", "Ceramics").paint.main == "#c6463a"
        assert read("1", "Copper Watering Can", "Garden").paint.finish == "metal"
        assert read("1", "JUMBO BAG PINK POLKADOT", "Bags").paint.pattern == "dots"

    def test_objects_stand_out_from_their_wall(self):
        names = [
            f"{colour} Mug" for colour in ("White", "Black", "Red", "Blue", "Sage", "Mustard", "Terracotta", "Ivory")
        ]
        for name in names:
            for number in range(40):
                picture = read(str(number), name, "Ceramics")
                assert distance(picture.palette.wall, picture.paint.main) > 0.12, (name, number)

    def test_every_word_leads_to_something_that_can_be_drawn(self):
        assert set(VOCABULARY) == set(KINDS)
        assert {k for kinds in FALLBACKS.values() for k in kinds} <= set(KINDS)
        assert set(PATTERN_WORDS.values()) <= PATTERNS


class TestDrawings:
    @pytest.mark.parametrize("name", sorted(KINDS))
    def test_each_kind_is_well_formed_and_small(self, name: str):
        phrase = VOCABULARY[name].split(", ")[0].removeprefix("~")
        sizes = []
        for number in range(6):
            svg = draw(f"{name}-{number}", f"Set of 3 {phrase}" if number % 2 else phrase, "Gifts")
            ElementTree.fromstring(svg)
            assert "nan" not in svg
            sizes.append(len(svg))
        assert max(sizes) < LARGEST

    def test_typical_ones_are_smaller_still(self):
        sizes = sorted(len(draw(str(i), VOCABULARY[k].split(", ")[0], "x")) for i, k in enumerate(KINDS))
        assert sizes[len(sizes) * 9 // 10] < TYPICAL

    def test_the_same_product_always_looks_the_same(self):
        assert draw("p1", "Blue Vase", "Ceramics") == draw("p1", "Blue Vase", "Ceramics")

    def test_two_products_of_one_kind_differ(self):
        drawings = {re.sub("aria-label=.*?>", "", draw(f"p{i}", "Vase", "Ceramics")) for i in range(20)}
        assert len(drawings) == 20

    def test_names_cannot_put_markup_into_the_drawing(self):
        svg = draw(EVIL, EVIL, EVIL)  # an attribute that ends early would show as another one
        root = ElementTree.fromstring(svg)
        assert root.attrib["aria-label"] == EVIL
        assert "<script" not in svg
        assert "onload" not in root.attrib

    def test_nothing_in_it_runs_or_loads(self):
        for number, name in enumerate(KINDS):
            svg = draw(str(number), name, "x")
            assert not re.search(r"<(script|foreignObject|image|style|a)\b|href|\bon\w+=|url\((?!#)", svg)

    @pytest.mark.parametrize("name", ["", " ", "💡🕯️", "a" * 5000, "\x00\x0b mug", "１２ mug", "with", "Set of 0"])
    def test_odd_names_are_drawn_too(self, name: str):
        ElementTree.fromstring(draw("x", name, ""))

    def test_a_drawing_takes_about_a_millisecond(self):
        draw("warm", "up", "x")
        start = time.perf_counter()
        for number, name in enumerate(KINDS):
            draw(str(number), name, "x")
        assert (time.perf_counter() - start) / len(KINDS) < 0.005, "leave room for a busy machine"

    def test_palettes_set_objects_apart_from_walls(self):
        for palette in PALETTES:
            assert distance(palette.wall, palette.main) > 0.15


class TestAddresses:
    def test_a_drawn_picture_gets_a_new_address_when_its_drawing_changes(self):
        product = Product("mug/1", "Mug", 100, stock=1, threshold=1, category="Ceramics")
        url = product_image_url(product)
        assert url.startswith("/media/drawn/mug%2F1.svg?v=")
        renamed = Product("mug/1", "Red Mug", 100, stock=1, threshold=1, category="Ceramics")
        assert product_image_url(renamed) != url

    def test_an_uploaded_picture_comes_first(self):
        product = Product("mug", "Mug", 100, stock=1, threshold=1, pictures=(ProductPicture("ab12.webp"),))
        assert product_image_url(product) == "/media/products/ab12.webp"
