"""One policy over some days: arithmetic alone, without store, clock or forecast of its own.

A day goes: what was ordered `lead_days` ago arrives; on a review day is ordered; then is sold what is asked for, as far
as it is there, and the rest is lost. Nothing is on order at the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.services.forecasts.engine.history import Ints
from app.services.forecasts.plans import Need, units_to_order
from app.services.forecasts.ports import ReorderSettings
from app.services.replay.policy import Policy


@dataclass(frozen=True)
class Wares:
    """Products (rows) and days (columns). Units: what was asked for (`demand`), and what lay there at first (`start`).

    Minor units of one unit: its `cost` (price where it has none), its `price`, and its `gain`, what one that is lost
    would have brought (its margin, or its price where no cost is known). They are of the end of each day and, in one
    column more, of the day before the first. `packs`: orders are of whole ones.
    """

    demand: Ints
    start: Ints
    cost: Ints
    price: Ints
    gain: Ints
    packs: Sequence[int]

    @property
    def days(self) -> int:
        return int(self.demand.shape[1])


@dataclass(frozen=True)
class Played:
    """Units by product and day: `on_hand` at its end, `sold`, `lost`, `ordered`, `arrived`.

    `tied_up` by day: what stock and orders under way cost at its end, minor units.
    """

    on_hand: Ints
    sold: Ints
    lost: Ints
    ordered: Ints
    arrived: Ints
    tied_up: Ints


def play(wares: Wares, needs: Mapping[int, Sequence[Need]], policy: Policy) -> Played:
    """`needs`: by the number of each review day what was expected of each product on its morning."""
    chosen = [ReorderSettings(policy.lead_days, None, policy.review_days, policy.service, pack) for pack in wares.packs]
    shape = wares.demand.shape
    on_hand, sold, lost, ordered, arrived = (np.zeros(shape, dtype=np.int64) for _ in range(5))
    tied_up = np.zeros(wares.days, dtype=np.int64)
    there, coming = wares.start.astype(np.int64), np.zeros(shape[0], dtype=np.int64)
    for day in range(wares.days):
        since = day - policy.lead_days
        if since >= 0 and policy.lead_days:
            arrived[:, day] = ordered[:, since]
        there, coming = there + arrived[:, day], coming - arrived[:, day]
        if day in needs:
            ordered[:, day] = _order(wares, needs[day], chosen, there + coming, day, policy.budget)
            coming = coming + ordered[:, day]
            if not policy.lead_days:
                arrived[:, day] = ordered[:, day]
                there, coming = there + arrived[:, day], coming - arrived[:, day]
        sold[:, day] = np.minimum(there, wares.demand[:, day])
        lost[:, day] = wares.demand[:, day] - sold[:, day]
        there = there - sold[:, day]
        on_hand[:, day] = there
        tied_up[day] = ((there + coming) * wares.cost[:, day + 1]).sum()
    return Played(on_hand, sold, lost, ordered, arrived, tied_up)


def _order(
    wares: Wares, needs: Sequence[Need], chosen: Sequence[ReorderSettings], position: Ints, day: int, budget: int | None
) -> Ints:
    """Units by product, at the prices and costs of the day before."""
    wanted = [
        units_to_order(need, settings, units)
        for need, settings, units in zip(needs, chosen, position.tolist(), strict=True)
    ]
    found = np.array(wanted, dtype=np.int64).reshape(len(wares.packs))
    if budget is None:
        return found
    cost, gain = wares.cost[:, day], wares.gain[:, day]
    orders = [
        Order(
            row,
            wanted[row],
            wares.packs[row],
            int(cost[row]),
            needs[row].over.beyond(float(position[row])) * int(gain[row]),
        )
        for row in np.nonzero(found)[0].tolist()
    ]
    cut = np.zeros_like(found)
    for order in cut_to(orders, budget - int((position * cost).sum())):
        cut[order.row] = order.units
    return cut


class Order(NamedTuple):
    """`cost` of a unit; `at_stake`: what is expected to be lost without it. Minor units."""

    row: int
    units: int
    pack: int
    cost: int
    at_stake: float

    @property
    def per_money(self) -> float:
        return self.at_stake / (self.units * self.cost) if self.cost else float("inf")


def cut_to(orders: Sequence[Order], room: int) -> list[Order]:
    """What of the orders the money is enough for, in whole packs: first those that save most per money."""
    kept = []
    for order in sorted(orders, key=lambda one: (-one.per_money, one.row)):
        a_pack = order.pack * order.cost
        packs = order.units // order.pack
        if a_pack:
            packs = min(packs, max(0, room) // a_pack)
        if packs:
            kept.append(order._replace(units=packs * order.pack))
            room -= packs * a_pack
    return kept
