"""What every part stands on, and the parts about people: accounts, sessions, who did what."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from app.money import Formats
from app.ops import tracing
from app.services.accounts.accounts import AccountService
from app.services.accounts.api_tokens import TokenService
from app.services.accounts.link_tokens import LinkTokens
from app.services.accounts.personal_data import AccountData
from app.services.accounts.second_factor import SecondFactorService
from app.services.accounts.sessions import SessionService
from app.services.audit.log import AuditService
from app.services.limits.throttle import ThrottleService
from app.services.orders.ports import Under
from app.services.settings.settings import SettingsService
from app.services.shipping.ports import REVISION as SHIPPING_REVISION
from app.settings.environment import Settings
from app.settings.in_force import InForce, StoreClock, locked_by_environment
from app.stores.sql.accounts.api_tokens import SqlApiTokens
from app.stores.sql.accounts.links import SqlAccountLinks
from app.stores.sql.accounts.personal_data import SqlAccountRecords
from app.stores.sql.accounts.second_factors import SqlSecondFactors
from app.stores.sql.accounts.sessions import SqlSessions
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.engine.database import Database
from app.stores.sql.health.vitals import SqlVitals
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.limits.throttles import SqlThrottles
from app.stores.sql.messages.address_blocks import SqlAddressBlocks
from app.stores.sql.settings.settings import SqlSettings
from app.wiring.stores import catalog_stores


class PeopleParts:
    """Each part is made when the first other asks for it."""

    def __init__(self, settings: Settings, database: Database, writes_to_reserved: bool) -> None:
        self.environment = settings
        self.environment_sets = locked_by_environment(settings)
        self.database = database
        self.writes_to_reserved = writes_to_reserved
        self.secret_key = settings.resolved_secret_key()
        self.shop_settings = SettingsService(SqlSettings(database), settings)
        # Whoever keeps one of these sees what admins changed meanwhile.
        self.settings = cast(Settings, InForce(self.shop_settings.settings))
        self.formats = cast(Formats, InForce(self.shop_settings.formats))
        self.clock = StoreClock(lambda: self.settings.zone)
        self.stores = catalog_stores(settings, database, is_traced=tracing.is_on())
        self.outbox = SqlOutbox(database)
        self.vitals = SqlVitals(database)

    def _set_by_admins(self) -> Under:
        values = self.shop_settings.known().values
        return Under(*(values.get(name, "") for name in ("currency", "timezone", SHIPPING_REVISION)))

    def default_threshold(self, price: int) -> int:
        return self.settings.default_threshold(price)

    def _money(self, minor: int) -> str:
        return self.formats.money(minor)

    def store_name(self) -> str:
        return self.settings.store_name

    @cached_property
    def audit_log(self) -> SqlAuditLog:
        return SqlAuditLog(self.database)

    @cached_property
    def audit(self) -> AuditService:
        return AuditService(self.audit_log)

    @cached_property
    def throttle(self) -> ThrottleService:
        return ThrottleService(SqlThrottles(self.database), self.secret_key)

    @cached_property
    def users(self) -> SqlUsers:
        return SqlUsers(self.database)

    @cached_property
    def links(self) -> SqlAccountLinks:
        return SqlAccountLinks(self.database)

    @cached_property
    def link_tokens(self) -> LinkTokens:
        return LinkTokens(self.secret_key, self.links)

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(SqlSessions(self.database))

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(SqlApiTokens(self.database), self.users, self.settings.staff_second_factor)

    @cached_property
    def account_data(self) -> AccountData:
        return AccountData(
            SqlAccountRecords(self.database),
            self.stores.carts,
            self.stores.catalog,
            self.tokens.of,
            lambda: self.settings.currency,
            self.store_name,
            self.blocks.of,
            self.sessions.of,
        )

    @cached_property
    def accounts(self) -> AccountService:
        return AccountService(self.users, self.links, self.link_tokens, self.account_data, self.store_name)

    @cached_property
    def second_factor(self) -> SecondFactorService:
        return SecondFactorService(
            SqlSecondFactors(self.database),
            self.accounts,
            self.throttle,
            secret_key=self.secret_key,
            issuer=self.store_name,
            asked_of_staff=self.settings.staff_second_factor,
        )

    @cached_property
    def blocks(self) -> SqlAddressBlocks:
        return SqlAddressBlocks(self.database)
