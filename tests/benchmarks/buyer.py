"""Who buys in benchmarks."""

from __future__ import annotations

from app.domain import Address

CARD = {"number": "4242424242424242", "expiry": "12/39", "cvc": "123", "name": "Bench Mark"}
ADDRESS = Address("Bench Mark", "1 Test Street", "Pune", "411001", "IN", region="Maharashtra")
