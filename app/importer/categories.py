"""A category for a product that comes with a name only."""

from __future__ import annotations

import re

FALLBACK = "Gifts"

# The first that matches wins, so what is special stands before what is general.
_RULES = (
    ("Christmas", "christmas xmas santa advent reindeer snowflake snowman bauble stocking"),
    ("Bags", "bag bags shopper lunchbag tote handbag purse holdall backpack"),
    ("Jewellery", "necklace earrings earring bracelet ring rings brooch bangle jewellery hairslide pendant"),
    (
        "Candles & Fragrance",
        "candle candles candleholder tealight tealights t-light incense fragrance scented soap soaps diffuser votive",
    ),
    ("Lighting", "light lights lamp lampshade lantern lanterns chandelier torch"),
    (
        "Stationery",
        "card cards notebook journal pencil pencils pen pens paper wrap ribbon ribbons sticker stickers calendar tape "
        "tissue envelope stationery postcard sketchbook stamp stamps tag tags eraser chalkboard bookmark",
    ),
    ("Tea & Coffee", "tea teapot coffee teacup teaset cappuccino espresso"),
    ("Ceramics", "mug mugs bowl bowls plate plates cup cups jug saucer ceramic porcelain vase dish egg-cup pottery"),
    (
        "Kitchen",
        "kitchen baking cake cakes cakestand cases spoon spoons cutlery apron oven recipe tray jar jars bottle bread "
        "cookie biscuit lunch napkins pantry jam jelly doiley bake tin tins fork scales placemat placemats coaster "
        "coasters popcorn glass tumbler snack straws",
    ),
    ("Storage", "box boxes storage basket drawer drawers hook hooks hanger hangers rack cabinet holder shelf crate"),
    (
        "Textiles",
        "cushion cushions blanket throw towel towels quilt rug doormat curtain fabric tablecloth scarf slippers hot "
        "bunting runner mat patches",
    ),
    ("Garden", "garden plant planter flower seeds herb watering gardening trowel parasol bird birdhouse pot pots"),
    (
        "Toys & Games",
        "toy toys game games doll dolly puzzle jigsaw skipping spinning playhouse dinosaur kids childrens child robot "
        "soldier soft bingo dominoes dominos marbles colouring balloons tattoos jack",
    ),
    (
        "Decorations",
        "heart hearts wreath decoration decorations frame mirror clock sign garland ornament hanging star angel "
        "wall art feather feathers dove doorstop magnet magnets metal wicker",
    ),
)
_OF_WORD = {word: place for place, (_, words) in reversed(list(enumerate(_RULES))) for word in words.split()}


def category_of(name: str) -> str:
    """The category whose word is in `name`, the most special one first; "Gifts" when there is none."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", name.lower())
    places = [_OF_WORD[word] for word in words if word in _OF_WORD]
    return _RULES[min(places)][0] if places else FALLBACK
