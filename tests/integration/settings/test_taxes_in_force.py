"""Taxes that admins set, in the wired shop: at the price, in the cart, at the checkout and on the order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain import Actor, Address, Order
from app.domain.shipping import Method, PriceBy, Step
from app.domain.taxes import Buyer
from app.errors import Conflict, InvalidInput, TotalChanged
from app.services import Services, install
from app.services.checkout.checkout import CheckoutRequest
from app.services.shipping.drafts import method_fields
from tests.conftest import WiredApp
from tests.support.shop import APPROVED, PASSWORD, add_product, build, settings_for

ASHA = Actor("asha@shop.example", 1)
RATES = "IN, , standard, 18, GST\nIN, , reduced, 5, GST\nDE, , standard, 19, MwSt\nFR, , standard, 20, TVA"
BERLIN = Address("Ada", "1 Weg", "Berlin", "10115", "DE")
PARIS = Address("Ada", "1 rue", "Paris", "75001", "FR")


@pytest.fixture
def shop(built_app: WiredApp, tmp_path: Path) -> Iterator[Services]:
    settings = settings_for(tmp_path, store_country="DE")
    built, database = build(settings)
    yield built
    built.live.close()
    install(built_app.services)
    database.dispose()


def save(shop: Services, **values: str) -> None:
    known = shop.shop_settings.values()
    assert shop.shop_settings.save("Tax", values, {name: known[name] for name in values}, ASHA)


def lamp(shop: Services, tax_class: str = "standard", price: int = 11_900) -> str:
    product = add_product(shop, f"Lamp {tax_class}", price, 50)
    if tax_class != "standard":
        shop.inventory.set_fields(product.product_id, {"tax_class": "standard"}, {"tax_class": tax_class})
    return product.product_id


def request(shop: Services, address: Address, **more: object) -> CheckoutRequest:
    owner = str(more.pop("owner", "guest#1"))
    for product_id in more.pop("products", ()):  # type: ignore[attr-defined]
        shop.cart.add(owner, product_id)
    return CheckoutRequest(owner, None, "ada@shop.example", address, APPROVED, None, **more)  # type: ignore[arg-type]


def test_an_order_bears_the_rates_of_where_it_goes_and_of_its_products(shop: Services):
    save(shop, tax_rates=RATES)
    products = [lamp(shop), lamp(shop, "reduced", 10_000)]
    india = Address("Ada", "1 Road", "Panaji", "403001", "IN", region="Goa")
    home = shop.checkout.place(request(shop, india, products=products))
    assert [(row.name, str(row.rate), row.base, row.tax) for row in home.taxes] == [
        ("GST", "0.18", 11_900, 2_142), ("GST", "0.05", 10_000, 500),
    ]  # fmt: skip
    away = shop.checkout.place(request(shop, BERLIN, products=products, owner="guest#2"))
    assert [(row.name, row.base, row.tax) for row in away.taxes] == [("MwSt", 11_900, 2_261), ("", 10_000, 0)]
    assert shop.orders.get(away.order_id) == shop.orders.get(away.order_id)
    assert (away.total, away.tax_rate) == (21_900 + 2_261, "0.19")


def test_prices_with_tax_stay_what_they_are(shop: Services):
    save(shop, tax_rates=RATES, tax_prices="included")
    order = shop.checkout.place(request(shop, PARIS, products=[lamp(shop, price=12_000)]))
    assert (order.total, order.tax, order.tax_included) == (12_000, 0, 2_000)


def test_a_business_elsewhere_in_the_eu_pays_the_price_without_tax(shop: Services):
    save(shop, tax_rates=RATES, tax_prices="included", tax_reverse="yes")
    order: Order = shop.checkout.place(request(shop, PARIS, products=[lamp(shop)], vat_number="fr 40 303 265 045"))
    assert (order.vat_number, order.tax_treatment, order.total) == ("FR40303265045", "reverse", 10_000)
    assert shop.orders.get(order.order_id).lines[0].unit_price == 10_000
    with pytest.raises(InvalidInput) as refused:
        shop.checkout.place(request(shop, PARIS, products=[lamp(shop)], owner="guest#9", vat_number="FR1"))
    assert set(refused.value.wrong) == {"vat_number"}


def test_a_rate_that_changes_while_the_customer_types_is_told_before_money_moves(shop: Services):
    save(shop, tax_rates=RATES)
    product = lamp(shop)
    asked = request(shop, BERLIN, products=[product])
    seen = shop.cart.view("guest#1", Buyer("DE"))
    assert seen.total == 11_900 + 2_261
    save(shop, tax_rates=RATES.replace("19, MwSt", "16, MwSt"))
    with pytest.raises(TotalChanged):
        shop.checkout.place(replace(asked, expected_total=seen.total))
    again = shop.cart.view("guest#1", Buyer("DE"))
    assert shop.checkout.place(replace(asked, expected_total=again.total)).total == 11_900 + 1_904


def test_what_is_wrong_changes_nothing(shop: Services):
    save(shop, tax_rates=RATES)
    wrong = {"tax_rates": "DE, , luxury, 5", "tax_prices": "free", "tax_shipping": "x", "tax_reverse": ""}
    for name, value in wrong.items():
        with pytest.raises(InvalidInput):
            shop.shop_settings.save("Tax", {name: value}, {name: shop.shop_settings.values()[name]}, ASHA)
    assert shop.shop_settings.values()["tax_rates"] == RATES


def test_the_price_says_which_tax_it_holds_or_bears(built_app: WiredApp, shop: Services):
    product = lamp(shop)
    install(shop)
    client = built_app.server.test_client()
    assert "plus 5% tax" in client.get(f"/product/{product}", follow_redirects=True).text
    save(shop, tax_rates=RATES, tax_prices="included")
    assert "incl. 19% MwSt" in client.get(f"/product/{product}", follow_redirects=True).text
    assert "incl. MwSt" in client.get("/").text


def test_a_customer_whom_an_admin_exempts_pays_none_from_then_on(shop: Services):
    save(shop, tax_rates=RATES)
    person = shop.accounts.register("Embassy", "embassy@shop.example", PASSWORD)
    assert shop.tax_exemptions.set(person.user_id, " Certificate  7 ", "", ASHA)
    assert not shop.tax_exemptions.set(person.user_id, "Certificate 7", "", ASHA)
    assert shop.tax_exemptions.reason_of(person.user_id) == "Certificate 7"
    with pytest.raises(Conflict):
        shop.tax_exemptions.set(person.user_id, "", "Certificate 6", ASHA)
    asked = replace(request(shop, BERLIN, products=[lamp(shop)]), is_tax_exempt=True)
    order = shop.checkout.place(asked)
    assert (order.total, order.tax_treatment) == (11_900, "exempt")
    assert [row.name for row in order.taxes] == ["Exempt from tax"]


def test_an_address_is_not_edited_into_a_region_that_is_taxed_or_delivered_otherwise(shop: Services):
    save(shop, tax_rates=RATES + "\nIN, Goa, standard, 12, GST")
    zones = shop.shipping_zones
    for name, place in (("Home", "IN"), ("Islands", "IN/Lakshadweep")):
        zone = zones.add_zone({"name": name, "places": [place]}, ASHA)
        method = method_fields(Method(0, f"Post {name}", PriceBy.ITEM, (Step(None, 900),)))
        zones.add_method(zone.zone_id, method, ASHA)
    pune = Address("Ada", "1 Road", "Pune", "411001", "IN", region="Maharashtra")
    order = shop.checkout.place(request(shop, pune, products=[lamp(shop)]))
    for region, city, postcode in (("Goa", "Panaji", "403001"), ("Lakshadweep", "Kavaratti", "682555")):
        moved = replace(order.address, region=region, city=city, postcode=postcode)
        with pytest.raises(InvalidInput, match="another one in this region") as refused:
            shop.fulfilment.edit_address(order.order_id, order.address, moved, ASHA)
        assert refused.value.field == "region"
    assert shop.orders.get(order.order_id).address == order.address
    moved = replace(order.address, region="Karnataka", city="Mysuru", postcode="570001")
    assert shop.fulfilment.edit_address(order.order_id, order.address, moved, ASHA)
