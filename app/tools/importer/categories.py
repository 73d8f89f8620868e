"""A category for a product that comes with a name only."""

from __future__ import annotations

import re

FALLBACK = "Gifts"

# The first that matches wins, so what is special stands before what is general.
_RULES = (
    (
        "Christmas",
        "christmas xmas santa advent reindeer snowflake snowman bauble stocking",
    ),
    (
        "Bags",
        "bag bags shopper lunchbag tote handbag purse holdall backpack umbrella parasol",
    ),
    (
        "Jewellery",
        "necklace earrings earring bracelet ring rings brooch bangle jewellery hairslide pendant lariat charm "
        "bead hairband",
    ),
    (
        "Candles & Fragrance",
        "candle candles candleholder tealight tealights t-light incense fragrance scented soap soaps diffuser votive",
    ),
    (
        "Lighting",
        "light lights lamp lampshade lantern lanterns chandelier torch",
    ),
    (
        "Stationery",
        "card cards notebook journal pencil pencils pen pens paper wrap ribbon ribbons sticker stickers "
        "calendar tape tissue envelope stationery postcard sketchbook stamp stamps tag tags eraser chalkboard "
        "bookmark tissue notepad album book invite ruler chalk",
    ),
    (
        "Tea & Coffee",
        "tea teapot coffee teacup teaset cappuccino espresso",
    ),
    (
        "Ceramics",
        "mug mugs bowl bowls plate plates cup cups jug saucer ceramic porcelain vase dish egg-cup fruitbowl pottery",
    ),
    (
        "Kitchen",
        "kitchen baking cake cakes cakestand cases spoon spoons cutlery apron oven recipe tray jar jars "
        "bottle bread cookie biscuit lunch napkins pantry jam jelly doiley bake tin tins fork scales placemat "
        "placemats coaster coasters popcorn glass tumbler snack straws napkin beaker tongs cutter salt "
        "teatowel flannel",
    ),
    (
        "Storage",
        "box boxes storage basket chest drawer drawers hook hooks hanger hangers rack cabinet holder shelf crate",
    ),
    (
        "Textiles",
        "cushion cushions blanket throw towel towels quilt rug doormat curtain fabric tablecloth scarf "
        "slippers hot bunting runner mat patches",
    ),
    (
        "Garden",
        "garden plant planter flower seeds herb watering gardening trowel gnome bird birdhouse pot pots",
    ),
    (
        "Toys & Games",
        "toy toys game games doll dolly puzzle jigsaw skipping spinning playhouse dinosaur kids childrens "
        "child robot soldier soft bingo dominoes dominos marbles colouring balloons tattoos jack slate glider "
        "flying-disc",
    ),
    (
        "Decorations",
        "heart hearts wreath decoration decorations frame mirror clock sign garland ornament hanging star "
        "angel wall art feather feathers dove mobile party bell duck doorstop magnet magnets metal wicker",
    ),
)
_OF_WORD = {word: place for place, (_, words) in reversed(list(enumerate(_RULES))) for word in words.split()}


def category_of(name: str) -> str:
    """The category whose word is in `name`, the most special one first; "Gifts" when there is none."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", name.lower())
    places = [place for word in words if (place := _place(word)) is not None]
    return _RULES[min(places)][0] if places else FALLBACK


def _place(word: str) -> int | None:
    return _OF_WORD.get(word, _OF_WORD.get(word.removesuffix("s")))
