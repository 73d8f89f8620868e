"""The parts of webhooks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from app.ops import metrics
from app.services.analytics import utc_now
from app.services.sealing import Seal
from app.services.webhooks.delivering import Deliverer, Lanes
from app.services.webhooks.endpoints import WebhookService
from app.services.webhooks.events import EventWriter, Sources
from app.services.webhooks.failing import FailingMail
from app.services.webhooks.product_changes import ProductChanges
from app.stores.outside.posting import HttpPoster
from app.stores.sql.stock.low_stock_episodes import SqlEpisodes
from app.stores.sql.webhooks.deliveries import SqlDeliveries
from app.stores.sql.webhooks.endpoints import SqlEndpoints
from app.stores.sql.webhooks.log import SqlDeliveryLog
from app.stores.sql.webhooks.telling import SqlTelling
from app.stores.sql.webhooks.told_products import SqlToldProducts

if TYPE_CHECKING:
    from app.wiring.parts import Parts


class WebhookParts:
    """Each made when the first other asks for it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @cached_property
    def endpoints(self) -> SqlEndpoints:
        return SqlEndpoints(self._parts.database)

    @cached_property
    def poster(self) -> HttpPoster:
        return HttpPoster(allows_local=self._parts.environment.allow_local_webhooks)

    @cached_property
    def seal(self) -> Seal:
        return Seal(self._parts.secret_key, b"webhooks")

    @cached_property
    def writer(self) -> EventWriter:
        parts = self._parts
        sources = Sources(
            parts.order_store,
            parts.returns.get,
            parts.fulfilment_store.shipment,
            SqlEpisodes(parts.database),
            parts.stores.catalog,
            lambda episode_id: parts.rules.alert(episode_id),
        )
        return EventWriter(SqlTelling(parts.database), sources, parts.letterhead, parts.secret_key, utc_now)

    @cached_property
    def service(self) -> WebhookService:
        return WebhookService(
            self.endpoints,
            SqlDeliveryLog(self._parts.database),
            self.poster,
            self.writer,
            self.seal,
            allows_local=self._parts.environment.allow_local_webhooks,
        )

    @cached_property
    def deliverer(self) -> Deliverer:
        return Deliverer(SqlDeliveries(self._parts.database), self.poster, self.seal, metrics.webhook_tried)

    @cached_property
    def lanes(self) -> Lanes:
        return Lanes(self.deliverer)

    @cached_property
    def products(self) -> ProductChanges:
        return ProductChanges(SqlToldProducts(self._parts.database), self._parts.every_product)

    @cached_property
    def failing(self) -> FailingMail:
        return FailingMail(self.endpoints.all, self._parts.senders[1], self._parts.letterhead)
