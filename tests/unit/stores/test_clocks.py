"""Stores measure by their database's clock: no two hosts' clocks are ever compared."""

from __future__ import annotations

import re
from pathlib import Path

STORES = Path(__file__).parents[3] / "app/stores"
MAY_ASK_THE_HOST = {
    "sql/engine/clock.py": 2,  # the clock itself
    "local/demo_payments.py": 1,  # whether a card has expired: a matter of days
    "stripe/payments.py": 1,  # whether a page that the account does not know would be over by now
    "aws/ses.py": 1,  # the date on a mail, for people to read
    "aws/ses_events.py": 1,  # how old a message from AWS is, with hours to spare
    "aws/sns_signature.py": 1,  # likewise, and until when a certificate holds
}


def test_no_store_asks_the_host_what_time_it_is():
    asking = {
        str(path.relative_to(STORES)): found
        for path in STORES.rglob("*.py")
        if "migrations" not in path.parts
        and (found := len(re.findall(r"datetime\.now\(|time\.time\(\)", path.read_text())))
    }
    assert asking == MAY_ASK_THE_HOST
