"""Products beyond the hand-written range: things, finishes, variants and makers that go together."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class _Shelf:
    """What a category is made of. A name reads "<finish> <thing>, <variant>"."""

    finishes: tuple[str, ...]
    things: tuple[tuple[str, int], ...]  # with a price in rupees
    variants: tuple[tuple[str, int], ...]  # with what they cost, in per cent of the thing
    words: str


def _things(text: str) -> tuple[tuple[str, int], ...]:
    pairs = (part.rsplit(" ", 1) for part in text.split("; "))
    return tuple((name, int(number)) for name, number in pairs)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("; "))


_SHELVES = {
    "Ceramics": _Shelf(
        _words(
            "Ochre Stoneware; Sea Green Stoneware; Ivory Glaze; Midnight Glaze; Rust Terracotta; Celadon; Speckled Oat; "
            "Cobalt Painted; Blush Pink; Matte Black; Ash Grey; Sunflower Yellow; Moss Glaze; Plum Glaze; Sand Beige; Teal Crackle"
        ),
        _things(
            "Mug 429; Dinner Plate 649; Cereal Bowl 499; Vase 899; Serving Dish 1299; Dessert Plate 449; Teacup and Saucer 599; "
            "Jug 999; Butter Dish 849; Pasta Bowl 629; Espresso Cup 329; Salad Bowl 1199"
        ),
        _things("Small 80; Medium 100; Large 130; Set of 2 185; Set of 4 350; Set of 6 500; with Lid 120; Ribbed 110"),
        "Wheel-thrown in small batches; glaze and size differ a little from piece to piece.",
    ),
    "Kitchen": _Shelf(
        _words(
            "Mango Wood; Acacia; Sheesham; Hammered Brass; Hammered Copper; Brushed Steel; Cast Iron; Kansa Bronze; Neem Wood; "
            "Enamelled; Marble; Soapstone; Bamboo; Olive Wood; Teak; Matte Steel"
        ),
        _things(
            "Serving Spoon 399; Chopping Board 949; Salt Pig 549; Mixing Bowl 899; Trivet 449; Ladle 499; Roti Box 1149; "
            "Spice Mill 1049; Fruit Bowl 1299; Measuring Set 649; Salad Servers 749; Cheese Board 1199"
        ),
        _things("Small 80; Medium 100; Large 135; Pair 185; Set of 3 260; with Handle 110; Engraved 125; Round 105"),
        "Made for daily use: easy to wash, easy to hold, and hard to wear out.",
    ),
    "Tea & Coffee": _Shelf(
        _words(
            "Darjeeling; Assam; Nilgiri; Coorg; Chikmagalur; Araku Valley; Kangra; Munnar; Wayanad; Sikkim; Dooars; Malabar; "
            "Bababudangiri; Temi; Makaibari; Shevaroy"
        ),
        _things(
            "Black Tea 399; Green Tea 449; White Tea 899; Oolong 599; Masala Chai 349; Breakfast Blend 399; Estate Coffee 549; "
            "Peaberry Coffee 649; Filter Coffee Powder 349; Cold Brew Bags 449; Hibiscus Infusion 349; Earl Grey 449"
        ),
        _things("50 g 45; 100 g 75; 250 g 100; 500 g 180; Gift Tin 150; Organic 130; Reserve 170; Sampler 90"),
        "From one growing region, packed within a week of arriving.",
    ),
    "Lighting": _Shelf(
        _words(
            "Brass; Antique Copper; Rattan; Bamboo; Handmade Paper; Amber Glass; Smoked Glass; Ivory Linen; Terracotta; "
            "Carved Mango Wood; Mosaic Glass; Jute; Black Iron; Cane; Etched Glass; Sage Ceramic"
        ),
        _things(
            "Table Lamp 2499; Pendant 2199; Lantern 899; Wall Light 1799; Floor Lamp 4499; Tealight Holder 349; "
            "Night Light 699; String Lights 649; Desk Lamp 1999; Candle Stand 599; Lampshade 999; Hurricane Lamp 1199"
        ),
        _things("Small 75; Medium 100; Large 140; Pair 185; Tall 120; Dimmable 125; Scalloped 110; Cordless 135"),
        "A warm, even light; wired and tested in Moradabad.",
    ),
    "Textiles": _Shelf(
        _words(
            "Indigo Dabu; Bagru Print; Ikat; Kantha; Ajrakh; Kalamkari; Chikankari; Handloom Cotton; Khadi; Mulmul; Stone-Washed Linen; "
            "Chanderi; Jacquard; Sanganeri; Shibori; Waffle Weave"
        ),
        _things(
            "Cushion Cover 649; Throw 2499; Bedsheet 2799; Table Cloth 1699; Bath Towel 899; Napkin 199; Curtain 1499; Dohar 1899; "
            "Quilt 4499; Table Runner 999; Hand Towel 449; Stole 1499"
        ),
        _things("Mustard 100; Rose 100; Sage 100; Charcoal 100; Sky Blue 100; Terracotta 100; Ivory 95; Set of 2 190"),
        "Woven and printed by hand; wash cold, dry in the shade.",
    ),
    "Stationery": _Shelf(
        _words(
            "Handmade Paper; Cotton Rag; Banana Fibre; Marbled; Block Print; Kraft; Letterpress; Leather-Bound; Cork; Linen-Bound; "
            "Madhubani; Warli; Gond Art; Pressed Flower; Gilt-Edged; Recycled"
        ),
        _things(
            "Notebook 349; Sketchbook 449; Journal 699; Greeting Cards 349; Envelopes 249; Gift Tags 149; Photo Album 1299; "
            "Address Book 499; Bookmark 129; Desk Pad 599; Folder 299; Postcards 249"
        ),
        _things("A6 70; A5 100; A4 150; Set of 3 260; Dotted 105; Ruled 100; Plain 95; Gift Boxed 140"),
        "Sewn and finished in a small bindery, on paper that takes ink well.",
    ),
    "Garden": _Shelf(
        _words(
            "Terracotta; Glazed Blue; Galvanised; Copper; Coir; Teak; Bamboo; Woven Cane; Powder-Coated; Stone Grey; Whitewashed; "
            "Moss Green; Hand-Painted; Brass; Jute; Reclaimed Wood"
        ),
        _things(
            "Planter 649; Hanging Basket 549; Watering Can 1299; Bird Bath 1899; Trellis 1499; Window Box 999; Plant Stand 1299; "
            "Wind Chime 799; Doormat 649; Bird House 949; Plant Labels 249; Trough 1399"
        ),
        _things("Small 75; Medium 100; Large 145; Pair 185; Set of 3 260; with Saucer 115; Tall 125; Oval 105"),
        "Stands sun and monsoon, on a balcony as well as in a garden.",
    ),
    "Candles & Fragrance": _Shelf(
        _words(
            "Mysore Sandalwood; Madurai Jasmine; Kannauj Rose; Vetiver; Lemongrass; Oud; Champa; Mogra; Lavender; Cinnamon; Nagchampa; "
            "Green Cardamom; Eucalyptus; Saffron; Tuberose; Cedar"
        ),
        _things(
            "Soy Candle 649; Incense Sticks 199; Reed Diffuser 849; Room Mist 499; Dhoop Cones 249; Essential Oil 399; Wax Melts 349; "
            "Pillar Candle 449; Travel Candle 399; Sachet 199; Bath Salts 449; Soap Bar 199"
        ),
        _things("Mini 60; Classic 100; Large 150; Pair 185; Gift Box 170; Refill 70; Set of 3 270; in Brass Tin 135"),
        "Blended in Kannauj from natural oils; no phthalates.",
    ),
    "Storage": _Shelf(
        _words(
            "Seagrass; Cotton Rope; Woven Cane; Jute; Sheesham; Mango Wood; Enamel; Brushed Steel; Waxed Canvas; Bamboo; Felt; Rattan; "
            "Water Hyacinth; Glass; Leather; Brass Inlay"
        ),
        _things(
            "Basket 899; Box 999; Jar 399; Tray 849; Hamper 1599; Shelf Bin 749; Drawer Organiser 699; Wall Rack 1499; "
            "Magazine Holder 1099; Trunk 4299; Key Tray 449; Caddy 949"
        ),
        _things("Small 75; Medium 100; Large 140; Set of 2 185; Set of 3 260; with Lid 120; Round 100; Stackable 110"),
        "A place for everything, sturdy enough to be carried there.",
    ),
    "Toys & Games": _Shelf(
        _words(
            "Channapatna; Rosewood; Beechwood; Hand-Knitted; Cotton; Felt; Sheesham; Kondapalli; Painted Tin; Neem Wood; Bamboo; "
            "Block Print; Patchwork; Etikoppaka; Maple; Recycled Card"
        ),
        _things(
            "Spinning Top 249; Pull Toy 649; Puzzle 549; Rattle 349; Building Blocks 1099; Dominoes 749; Memory Cards 449; "
            "Rag Doll 749; Toy Train 1299; Balance Board 1899; Ring Toss 849; Finger Puppets 399"
        ),
        _things("Elephant 100; Peacock 105; Tiger 100; Rainbow 110; Set of 3 250; Travel Size 75; Junior 85; Gift Boxed 130"),
        "Rounded edges, child-safe colours and no batteries.",
    ),
}  # fmt: skip

_COLLECTIONS = (
    "", "Malabar", "Konkan", "Deccan", "Aravalli", "Coromandel", "Nilgiri Hills", "Thar", "Sundarban", "Kutch", "Marwar", "Brahmaputra"
)  # fmt: skip

_PER_COLLECTION = sum(len(s.finishes) * len(s.things) * len(s.variants) for s in _SHELVES.values())
MOST_VARIANTS = (_PER_COLLECTION - len(_SHELVES) * 100) * len(_COLLECTIONS)


def variants(rng: random.Random, taken: set[str]) -> Iterator[tuple[str, str, int, int, str]]:
    """(category, name, price and cost in rupees, description), categories in turn; no name twice."""
    for collection in _COLLECTIONS:
        shelves = []
        for category, shelf in _SHELVES.items():
            names = list(product(shelf.finishes, shelf.things, shelf.variants))
            rng.shuffle(names)
            shelves.append((category, shelf, names))
        for tier in range(max(len(names) for _, _, names in shelves)):
            for category, shelf, names in shelves:
                finish, (thing, price), (variant, per_cent) = names[tier]
                name = f"{collection} {finish} {thing}, {variant}".strip()
                if name in taken:
                    continue
                rupees = _charm(price * per_cent * rng.uniform(0.9, 1.25) / 100)
                yield category, name, rupees, max(1, round(rupees * rng.uniform(0.3, 0.6))), shelf.words


def _charm(rupees: float) -> int:
    """The nearest price that looks like one: 149, 1,299, 4,499."""
    step = 50 if rupees < 1000 else 100
    return max(99, round(rupees / step) * step - 1)
