"""The forecasts' league in the relational store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection, delete, select

from app.domain.forecast_scores import OURS, PRODUCT, SHOWN, Score
from app.services.forecasts.league_ports import Miss, ScoredDay, Shown
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.tables import forecast_scores, forecasts_shown

_w, _s = forecasts_shown.c, forecast_scores.c


class SqlLeague:
    """The `LeagueStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_shown(self, first_day: date, part: str, products: Mapping[str, Shown]) -> None:
        row = {"first_day": first_day, "part": part, "products": {key: list(one) for key, one in products.items()}}
        self._database.write(lambda c: upsert(c, forecasts_shown, [row], ["first_day", "part"]))

    def waiting(self, before: date) -> list[date]:
        query = select(_w.first_day).where(_w.first_day < before).distinct().order_by(_w.first_day)
        return self._database.read(lambda c: list(c.execute(query).scalars()))

    def shown(self, first_day: date) -> dict[str, Shown]:
        query = select(_w.products).where(_w.first_day == first_day)
        parts = self._database.read(lambda c: list(c.execute(query).scalars()))
        return {product_id: Shown(*numbers) for part in parts for product_id, numbers in part.items()}

    def keep_scores(self, source: str, found: ScoredDay) -> None:
        rows = [
            {
                "source": source,
                "day": found.day,
                "level": level,
                "method": method,
                "score": asdict(score),
                "worst": [list(one) for one in found.worst] if (level, method) == (PRODUCT, OURS) else [],
            }
            for (level, method), score in found.scores.items()
        ]

        def work(connection: Connection) -> None:
            upsert(connection, forecast_scores, rows, ["source", "day", "level", "method"])
            if source == SHOWN:
                connection.execute(delete(forecasts_shown).where(_w.first_day == found.day))

        self._database.write(work)

    def scores(self, source: str) -> list[ScoredDay]:
        query = select(forecast_scores).where(_s.source == source).order_by(_s.day)
        found: defaultdict[date, dict[tuple[str, str], Score]] = defaultdict(dict)
        worst: dict[date, list[Miss]] = {}
        for row in self._database.read(lambda c: list(c.execute(query))):
            found[row.day][row.level, row.method] = Score(**row.score)
            if row.worst:
                worst[row.day] = [Miss(*one) for one in row.worst]
        return [ScoredDay(day, scores, worst.get(day, [])) for day, scores in found.items()]
