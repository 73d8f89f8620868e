"""What an admin, or a machine with the catalogue scope, changes: products and their stock."""

from __future__ import annotations

import flask

from app.domain import Access, Scope
from app.domain.stock import STANDARD
from app.money import parse_money
from app.services import services
from app.services.stock.product_drafts import ProductDraft
from app.web.api.answers import Done, ProductAdded
from app.web.api.failures import CONFLICT, NOT_FOUND
from app.web.api.pictures import picture_of
from app.web.api.reading import read_body
from app.web.api.requests import LARGEST_PRODUCT, NewProduct, NewStock
from app.web.api.routing import Doc, route
from app.web.api.writing import done
from app.web.identity.principal import current_actor

NO_CATEGORY = "Other"
NOTE = "Set over the API"


@route(
    "/api/products",
    Access.ADMIN,
    methods=("POST",),
    body_limit=LARGEST_PRODUCT,
    scope=Scope.CATALOG,
    doc=Doc(
        "Put a new product into the store",
        "staff",
        answers=ProductAdded,
        body=NewProduct,
        example={
            "name": "Enamel jug",
            "price": "249.50",
            "stock": "12",
            "category": "Kitchen",
            "brand": "Khurja Kilns",
            "barcode": "4006381333931",
            "tags": ["blue", "enamel"],
            "weight": 640,
        },
        refusals=(CONFLICT,),
    ),
)
def product_add() -> flask.Response:
    wanted = read_body(NewProduct)
    digits = services().formats.digits
    picture = picture_of(wanted.image, "image") or picture_of(wanted.image_data, "image_data")
    product = services().inventory.add_product(
        ProductDraft(
            name=wanted.name,
            price=parse_money(wanted.price, digits, "price"),
            stock=wanted.stock,
            category=wanted.category or NO_CATEGORY,
            description=wanted.description or "",
            cost=None if wanted.cost is None else parse_money(wanted.cost, digits, "cost"),
            threshold=wanted.threshold,
            image=picture,
            image_alt=wanted.image_alt or "",
            sku=wanted.sku,
            brand=wanted.brand or "",
            barcode=wanted.barcode or "",
            tags=wanted.tags or (),
            weight=wanted.weight,
            family_id=wanted.family_id or "",
            options=tuple((wanted.options or {}).items()),
            supplier=wanted.supplier or "",
            ships_alone=wanted.ships_alone or False,
            tax_class=wanted.tax_class or STANDARD,
        ),
        current_actor(),
    )
    return done(product_id=product.product_id)


@route(
    "/api/update_stock",
    Access.ADMIN,
    methods=("POST",),
    scope=Scope.CATALOG,
    doc=Doc(
        "Set how many units of a product can be sold",
        "staff",
        answers=Done,
        description="One correction in the stock ledger, by the difference to what was available at that instant.",
        body=NewStock,
        example={"id": "ceramic-mug-1a2b3c", "stock": 40},
        refusals=(NOT_FOUND, CONFLICT),
    ),
)
def stock_update() -> flask.Response:
    wanted = read_body(NewStock)
    services().inventory.correct(wanted.id, wanted.stock, current_actor(), NOTE)
    return done()


@route(
    "/api/delete_product/<path:product_id>",
    Access.ADMIN,
    methods=("DELETE",),
    scope=Scope.CATALOG,
    doc=Doc(
        "Take a product out of the store",
        "staff",
        answers=Done,
        description="Its history and past orders stay. Repeating it changes nothing.",
        refusals=(NOT_FOUND, CONFLICT),
    ),
)
def product_delete(product_id: str) -> flask.Response:
    services().inventory.remove(product_id, current_actor())
    return done()
