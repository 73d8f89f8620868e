"""The shop window over a catalogue that lives in a list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain import Product, ProductStatus
from app.errors import InvalidInput, NotFound, StoreUnavailable
from app.services.catalog.fuzzy_search import SearchIndex, words_of
from app.services.catalog.ports import CatalogChanges
from app.services.catalog.products import CatalogService

BORN = datetime(2026, 1, 1, tzinfo=UTC)


def product(product_id: str, name: str, price: int = 1_000, stock: int = 5, **fields: object) -> Product:
    return replace(Product(product_id, name, price, stock, 15, created_at=BORN), **fields)


RED_CUSHIONS = product("c1", "Red Cushions", 900, category="Bedroom")
CUSHION = product("c2", "Blue cushion cover", 700, 0, category="Bedroom", created_at=BORN + timedelta(days=2))
LANTERN = product("l1", "Café Lantern", 2_500, category="Garden", description="Nice beside a red cushion")
MUG = product("85123A", "Cream mug", 300, category="Kitchen", created_at=BORN + timedelta(days=1))
GONE = product("g1", "Cushion of old", status=ProductStatus.REMOVED)


@dataclass
class FakeCatalog:
    products: list[Product] = field(default_factory=lambda: [RED_CUSHIONS, CUSHION, LANTERN, MUG, GONE])
    changed: list[Product] = field(default_factory=list)
    reads: list[datetime | None] = field(default_factory=list)
    broken: bool = False

    def changes_since(self, cursor: datetime | None) -> CatalogChanges:
        if self.broken:
            raise StoreUnavailable("away")
        self.reads.append(cursor)
        return CatalogChanges(tuple(self.products if cursor is None else self.changed), BORN)

    def get(self, product_id: str) -> Product | None:
        return next((p for p in [*self.changed, *self.products] if p.product_id == product_id), None)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Window:
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    clock: Clock = field(default_factory=Clock)
    sold: dict[str, int] = field(default_factory=lambda: {"l1": 9, "c2": 4})

    def __post_init__(self) -> None:
        self.service = CatalogService(self.catalog, lambda: self.sold, self.clock)

    def ids(self, q: str = "", **filters: object) -> list[str]:
        return [p.product_id for p in self.service.search(q, **filters).items]

    def after(self, seconds: float, *changed: Product) -> None:
        self.catalog.changed = list(changed)
        self.clock.now += seconds


@pytest.fixture
def window() -> Window:
    return Window()


class TestSearch:
    @pytest.mark.parametrize("query", ["cusion", "cushons", "CUSHION", "cushi", "Cuhsion", "kushion"])
    def test_typos_plurals_and_beginnings_find_cushions(self, window: Window, query: str):
        assert {"c1", "c2"} <= set(window.ids(query))

    def test_names_stand_before_descriptions(self, window: Window):
        assert window.ids("cushion", in_stock=True) == ["c1", "l1"]

    def test_what_can_be_bought_stands_before_what_is_sold_out(self, window: Window):
        assert window.ids("cushion") == ["c1", "l1", "c2"]
        window.after(1.0, replace(CUSHION, stock=3), replace(RED_CUSHIONS, stock=0))
        assert window.ids("cushion") == ["c2", "l1", "c1"]

    def test_all_words_must_fit_if_they_can(self, window: Window):
        assert window.ids("red cushion") == ["c1", "l1"]

    def test_a_word_that_nothing_has_does_not_hide_the_rest(self, window: Window):
        assert window.ids("xyzzy mug") == ["85123A"]

    def test_accents_do_not_matter(self, window: Window):
        assert window.ids("cafe") == ["l1"]
        assert window.ids("LANTÉRN") == ["l1"]

    def test_a_products_id_finds_it(self, window: Window):
        assert window.ids("85123a") == ["85123A"]

    def test_nothing_fits(self, window: Window):
        found = window.service.search("zzzzzz")
        assert (found.items, found.total, found.page, found.pages, found.categories) == ((), 0, 1, 1, ())

    @pytest.mark.parametrize("query", ["", "   ", "!?%_*", "'; --"])
    def test_a_query_without_words_is_no_query(self, window: Window, query: str):
        assert len(window.ids(query)) == 4

    def test_a_monstrous_query_is_cut(self, window: Window):
        assert window.ids("cushion " * 10_000) == ["c1", "l1", "c2"]

    def test_certain_matches_stand_before_guesses_whatever_the_sort(self):
        cheap_guess = product("g", "Lamb of wool", 1)
        window = Window(FakeCatalog([product("e", "Candle", 900), product("p", "Cradle", 10), cheap_guess]))
        assert window.ids("candle", sort="price_asc")[0] == "e"

    def test_removed_products_are_never_found(self, window: Window):
        assert "g1" not in window.ids() + window.ids("old")


class TestFiltersAndOrder:
    @pytest.mark.parametrize(
        ("sort", "ids"),
        [
            ("popular", ["l1", "85123A", "c1", "c2"]),
            ("new", ["c2", "85123A", "l1", "c1"]),
            ("price_asc", ["85123A", "c2", "c1", "l1"]),
            ("price_desc", ["l1", "c1", "c2", "85123A"]),
            ("name", ["c2", "l1", "85123A", "c1"]),
        ],
    )
    def test_sorts(self, window: Window, sort: str, ids: list[str]):
        assert window.ids(sort=sort) == ids

    def test_an_unknown_sort_is_refused(self, window: Window):
        with pytest.raises(InvalidInput):
            window.service.search(sort="cheapest")

    def test_filters(self, window: Window):
        assert window.ids(category="Bedroom", in_stock=True) == ["c1"]
        assert set(window.ids(price_min=700, price_max=900)) == {"c1", "c2"}

    def test_categories_count_what_the_other_filters_leave(self, window: Window):
        found = window.service.search(category="Garden", in_stock=True)
        assert found.total == 1
        assert found.categories == (("Bedroom", 1), ("Garden", 1), ("Kitchen", 1))

    @pytest.mark.parametrize(("page", "shown"), [(-5, 1), (1, 1), (2, 2), (99, 2)])
    def test_pages_are_clamped(self, window: Window, page: int, shown: int):
        found = window.service.search(page=page, page_size=3)
        assert (found.page, found.pages, found.total, len(found.items)) == (shown, 2, 4, 3 if shown == 1 else 1)

    def test_popular_and_related_prefer_what_can_be_bought(self, window: Window):
        assert [p.product_id for p in window.service.popular(3)] == ["l1", "85123A", "c1"]
        assert [p.product_id for p in window.service.related("c1", 2)] == ["c2", "l1"]

    def test_all_is_sorted_by_name_and_may_include_removed(self, window: Window):
        assert [p.product_id for p in window.service.all()] == ["c2", "l1", "85123A", "c1"]
        assert [p.product_id for p in window.service.all(include_removed=True)] == ["c2", "l1", "85123A", "g1", "c1"]


class TestFacets:
    """The counts beside a filter are of what all the other filters leave."""

    @pytest.fixture
    def window(self) -> Window:
        return Window(
            FakeCatalog(
                [
                    product("a", "Bowl", 1_000, category="Kitchen", tags=("Gift", "clay")),
                    product("b", "Plate", 2_000, 0, category="Kitchen", tags=("gift",)),
                    product("c", "Lamp", 3_000, category="Light", tags=("gift",)),
                    product("d", "Spade", 4_000, category="Garden"),
                ]
            )
        )

    def test_several_categories_widen_each_other_and_still_count_all(self, window: Window):
        found = window.service.search(category=("Kitchen", "Light"))
        assert {one.product_id for one in found.items} == {"a", "b", "c"}
        assert found.categories == (("Kitchen", 2), ("Garden", 1), ("Light", 1))
        assert (found.in_stock, found.prices) == (2, (1_000, 3_000))

    def test_a_tag_is_a_filter_whatever_its_case(self, window: Window):
        found = window.service.search(tags=("GIFT",), in_stock=True)
        assert {one.product_id for one in found.items} == {"a", "c"}
        assert found.categories == (("Kitchen", 1), ("Light", 1))
        assert found.tags == (("Gift", 2), ("clay", 1))

    def test_a_price_narrows_all_counts_but_its_own_range(self, window: Window):
        found = window.service.search(price_min=2_500)
        assert (found.total, found.categories) == (2, (("Garden", 1), ("Light", 1)))
        assert found.prices == (1_000, 4_000)
        assert found.tags == (("gift", 1),)

    def test_without_a_card_there_is_no_range(self, window: Window):
        found = window.service.search("zzzzzz")
        assert (found.prices, found.tags, found.in_stock) == (None, (), 0)

    def test_counts_follow_the_catalogue(self, window: Window):
        assert window.service.search(in_stock=True).in_stock == 3
        window.after(2, product("b", "Plate", 2_000, 4, category="Kitchen", tags=("gift",)))
        assert window.service.search(in_stock=True).in_stock == 4


class TestMeant:
    @pytest.mark.parametrize(
        ("asked", "meant"),
        [
            ("cusion", "cushions"),
            ("Red kushoin", "Red cushions"),
            ("lanteern café", "lantern café"),
            ("cushion", None),
            ("cush", None),
            ("mug", None),
            ("qqqqqqqq", None),
            ("", None),
            ("85123b", None),
        ],
    )
    def test_a_word_that_nothing_has_is_put_right(self, window: Window, asked: str, meant: str | None):
        assert window.service.meant(asked, found=0) == meant

    def test_a_rare_word_gives_way_to_one_that_many_have(self):
        lamps = [product(f"p{n}", f"Lamp {n}") for n in range(12)]
        window = Window(FakeCatalog([*lamps, product("x", "Lamb of wool")]))
        assert window.service.meant("lamb", found=1) == "lamp"
        assert window.service.meant("lamb", found=9) is None
        assert window.service.meant("lamp", found=12) is None


class TestFollowing:
    def test_reads_at_most_once_a_second(self, window: Window):
        for _ in range(5):
            window.service.search()
        window.after(1.0)
        window.service.search()
        assert window.catalog.reads == [None, BORN]

    def test_changes_show_after_a_second(self, window: Window):
        assert window.service.find("c2").stock == 0
        window.after(1.0, replace(CUSHION, stock=8, name="Teal pouffe"))
        assert window.service.find("c2").stock == 8
        assert window.ids("pouffe") == ["c2"]
        assert window.ids("cushion") == ["c1", "l1"]

    def test_a_removed_product_leaves_and_comes_back(self, window: Window):
        window.service.all()
        window.after(1.0, replace(MUG, status=ProductStatus.REMOVED))
        assert "85123A" not in window.ids() + window.ids("mug")
        with pytest.raises(NotFound):
            window.service.find("85123A")
        window.after(1.0, MUG)
        assert window.ids("mug") == ["85123A"]

    def test_everything_is_read_again_now_and_then(self, window: Window):
        window.service.all()
        window.catalog.products.append(product("n", "Missed in between"))
        window.after(301)
        assert "n" in window.ids()

    def test_an_unreachable_catalog_leaves_the_last_state(self, window: Window):
        window.service.all()
        window.catalog.broken = True
        window.after(5)
        assert len(window.ids()) == 4

    def test_what_is_shown_is_old_once_it_could_not_be_read_for_a_while(self, window: Window):
        assert not window.service.is_stale()
        window.catalog.broken = True
        window.after(2)
        assert not window.service.is_stale()  # a hiccup is no news
        window.after(5)
        assert window.service.is_stale()
        assert window.service.read_at is not None
        window.catalog.broken = False
        window.after(1.1)
        assert not window.service.is_stale()

    def test_nobody_asking_for_long_does_not_make_it_old(self, window: Window):
        window.service.all()
        window.after(3600)
        assert not window.service.is_stale()

    def test_what_sells_best_may_be_away_while_the_catalog_is_not(self):
        def away():
            raise StoreUnavailable("away")

        window = Window()
        window.service = CatalogService(window.catalog, away, window.clock)
        window.service.refresh()
        assert len(window.ids()) == 4
        assert not window.service.is_stale()

    def test_a_catalog_that_was_never_read_is_an_error(self):
        window = Window(FakeCatalog(broken=True))
        with pytest.raises(StoreUnavailable):
            window.service.all()

    def test_a_product_added_this_second_is_found_by_its_id(self, window: Window):
        window.service.all()
        window.catalog.changed = [product("new", "Just in")]
        assert window.service.find("new").name == "Just in"

    def test_the_version_is_that_of_the_content(self, window: Window):
        before = window.service.version()
        assert Window().service.version() == before
        window.after(1.0, replace(MUG, changed_at=BORN))
        assert window.service.version() == before
        window.after(1.0, replace(MUG, stock=1))
        assert window.service.version() != before
        window.after(1.0, MUG)
        assert window.service.version() == before

    def test_popularity_is_asked_once_a_minute(self, window: Window):
        assert window.ids()[0] == "l1"
        window.sold = {"c1": 99}
        window.after(30)
        assert window.ids()[0] == "l1"
        window.after(31)
        assert window.ids()[0] == "c1"


class TestIndex:
    def test_dropped_words_leave_nothing_behind(self):
        index = SearchIndex()
        index.put(MUG)
        index.put(replace(MUG, name="Something else"))
        index.drop(MUG.product_id)
        index.drop(MUG.product_id)
        assert index.search("mug something cream") == {}
        assert (index._postings, index._vocabulary, index._entries) == ({}, [], {})

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Berries, glasses & boxes", ["berry", "glass", "box"]),
            ("Glass bus iris", ["glass", "bus", "iris"]),
            ("Crème-brûlée №5", ["creme", "brulee", "no5"]),
            ("कॉफी मग", ["कॉफी", "मग"]),
            ("<b>mug</b>", ["b", "mug", "b"]),
        ],
    )
    def test_words(self, text: str, words: list[str]):
        assert words_of(text) == words
