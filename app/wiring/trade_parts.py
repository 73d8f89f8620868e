"""The parts that an order goes through: cart, shipping, tax, payment, checkout, fulfilment, invoices."""

from __future__ import annotations

from functools import cached_property

from app.addresses import to
from app.domain.payments import PayBy
from app.domain.shop import Shop
from app.ops import metrics
from app.services.accounts.tax_exemptions import TaxExemptions
from app.services.analytics.taxes import TaxReport
from app.services.calendar.public_holidays import PublicHolidays
from app.services.cart.carts import CartService
from app.services.checkout.budget import CheckoutBudgets
from app.services.checkout.checkout import CheckoutService
from app.services.checkout.payments import PaymentService
from app.services.checkout.ports import PaymentProvider
from app.services.checkout.providers import Providers
from app.services.discounts.codes import DiscountCodeService
from app.services.discounts.discounts import DiscountService
from app.services.discounts.ports import REVISION as DISCOUNTS_REVISION
from app.services.fulfilment.fulfilment import FulfilmentService
from app.services.fulfilment.papers import PackingPapers
from app.services.invoices.invoices import InvoiceService
from app.services.jobs.effect_marks import EffectMarks
from app.services.orders.links import OrderLinks
from app.services.orders.orders import OrderService
from app.services.orders.own_orders import OwnOrders
from app.services.shipping.ports import REVISION as SHIPPING_REVISION
from app.services.shipping.shipping import ShippingService
from app.services.shipping.working_days import WorkingDays
from app.services.shipping.zones import ShippingZones
from app.stores.local.demo_payments import DemoPayments
from app.stores.local.later_payments import LaterPayments
from app.stores.sql.analytics.taxes import SqlTaxes
from app.stores.sql.discounts.codes import SqlDiscountCodes
from app.stores.sql.fulfilment.fulfilment import SqlFulfilment
from app.stores.sql.invoices.invoices import SqlInvoices
from app.stores.sql.orders.disputes import SqlDisputes
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.payment_sessions import SqlPaymentSessions
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.shipping.shipping import SqlShipping
from app.stores.stripe.client import Stripe
from app.stores.stripe.payments import StripePayments
from app.wiring.number_parts import NumberParts


class TradeParts(NumberParts):
    """From a cart to a parcel and its papers."""

    @cached_property
    def cart(self) -> CartService:
        return CartService(
            self.stores.carts, self.stores.catalog, self.shop_settings.taxes, self.catalog.known, self.discounts
        )

    @cached_property
    def discount_store(self) -> SqlDiscountCodes:
        return SqlDiscountCodes(self.database)

    @cached_property
    def discounts(self) -> DiscountService:
        return DiscountService(
            self.discount_store,
            lambda: self.shop_settings.known().values.get(DISCOUNTS_REVISION, ""),
            self.shop_settings.refresh,
        )

    @cached_property
    def discount_codes(self) -> DiscountCodeService:
        return DiscountCodeService(self.discount_store, self.formats, self.shop_settings.refresh)

    @cached_property
    def payment_sessions(self) -> SqlPaymentSessions:
        return SqlPaymentSessions(self.database)

    @cached_property
    def providers(self) -> Providers:
        """Also those that are no longer on offer: they have orders that are not over, and money to give back."""
        settings, shop = self.environment, self.shop_settings.shop
        providers: list[PaymentProvider] = [
            DemoPayments(self.database),
            LaterPayments(PayBy.TRANSFER, self.payment_sessions, lambda: shop().transfer_days),
            LaterPayments(PayBy.DELIVERY, self.payment_sessions, lambda: shop().delivery_days),
        ]
        if settings.stripe_secret_key:
            stripe = Stripe(settings.stripe_secret_key, settings.stripe_api_base)
            providers.append(StripePayments(stripe, self.payment_sessions, settings.stripe_webhook_secret))
        return Providers(providers, lambda: self._methods(shop()))

    def _methods(self, shop: Shop) -> tuple[str, ...]:
        """How its orders can be paid; by card, where nothing else would be left."""
        cards = () if self.environment.cards_by == "none" else (self.environment.cards_by,)
        later = {PayBy.TRANSFER: shop.takes_transfers, PayBy.DELIVERY: shop.takes_on_delivery}
        offered = (*(cards if shop.takes_cards else ()), *(name.value for name, is_on in later.items() if is_on))
        return offered or cards

    @cached_property
    def payments(self) -> PaymentService:
        return PaymentService(
            self.providers,
            self.checkout.finishing,
            self.order_store,
            self.payment_sessions,
            SqlDisputes(self.database),
            self.audit,
            self._methods,
        )

    @cached_property
    def order_store(self) -> SqlOrders:
        return SqlOrders(self.database, self.clock)

    @cached_property
    def effect_marks(self) -> EffectMarks:
        return EffectMarks(self.outbox)

    @cached_property
    def checkout(self) -> CheckoutService:
        return CheckoutService(
            self.order_store,
            self.stores.catalog,
            self.stores.carts,
            self.stores.settlement,
            self.providers,
            self.effect_marks,
            currency=lambda: self.settings.currency,
            under=self._set_by_admins,
            taxes=self.shop_settings.taxes,
            observe=metrics.checkout_answered,
            budgets=CheckoutBudgets(self.throttle).of,
            discounts=self.discounts,
            return_url=lambda order: self.settings.base_url + to(self.order_links.return_path(order)),
            shipping=self.shipping,
            refresh=self.shop_settings.refresh,
        )

    @cached_property
    def returns(self) -> SqlReturns:
        return SqlReturns(self.database, self.clock)

    @cached_property
    def orders(self) -> OrderService:
        return OrderService(
            self.order_store, self.returns, self.stores.catalog, self.providers, self.outbox, self.audit
        )

    @cached_property
    def fulfilment_store(self) -> SqlFulfilment:
        return SqlFulfilment(self.database)

    @cached_property
    def fulfilment(self) -> FulfilmentService:
        def zone(country: str, region: str) -> object:
            plan = self.shipping.plan()
            found = plan.zone_of(country, region) if plan.is_in_force else None
            return found.zone_id if found else None

        def taxed(country: str, region: str) -> object:
            return self.shop_settings.taxes().place_of(country, region)

        return FulfilmentService(self.fulfilment_store, self.order_store, self.audit, self.outbox, (zone, taxed))

    @cached_property
    def packing_papers(self) -> PackingPapers:
        return PackingPapers(self.fulfilment, self.order_store, self.formats, self.store_name)

    @cached_property
    def own_orders(self) -> OwnOrders:
        return OwnOrders(self.orders, self.fulfilment, self.cart)

    @cached_property
    def order_links(self) -> OrderLinks:
        return OrderLinks(self.secret_key, self.order_store)

    @cached_property
    def invoices(self) -> InvoiceService:
        return InvoiceService(
            self.orders,
            SqlInvoices(self.database),
            self.formats,
            self.shop_settings.shop,
            self.settings.base_url,
            self.pictures.as_png,
        )

    @cached_property
    def tax_exemptions(self) -> TaxExemptions:
        return TaxExemptions(self.users, self.users)

    @cached_property
    def taxes(self) -> TaxReport:
        return TaxReport(SqlTaxes(self.database), self.formats)

    @cached_property
    def shipping_store(self) -> SqlShipping:
        return SqlShipping(self.database)

    @cached_property
    def shipping(self) -> ShippingService:
        def home() -> str:
            return self.settings.country

        return ShippingService(
            self.shipping_store,
            lambda: self.shop_settings.known().values.get(SHIPPING_REVISION, ""),
            WorkingDays(self.calendar_store, PublicHolidays(), home),
            self.clock,
            home,
            lambda: self.catalog.all(),
        )

    @cached_property
    def shipping_zones(self) -> ShippingZones:
        def changed() -> None:
            self.shop_settings.refresh()
            self.shipping.plan()

        return ShippingZones(self.shipping_store, self.formats, changed)
