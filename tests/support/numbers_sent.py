"""Texts and values that look like numbers, days or times and are none that a shop knows."""

from __future__ import annotations

from typing import Any

TEXTS: tuple[str, ...] = (
    "1e999999",
    "1e-999999",
    "-1e999999999999999999",
    "-Infinity",
    "sNaN",
    "1" * 5_000,  # more digits than int() takes
    "0." + "0" * 5_000 + "1",
    "-" + "9" * 19,
    "--5",
    "\u00a0+7 ",
    "1_000",
    "0x10",
    "1.000,5",
    "-",
    "\u0663\u0664",  # Arabic-Indic 34
    "\uff11\uff12",  # fullwidth 12
    "\u00b2",  # a superscript, which isdigit() takes and int() does not
    "\u2167",  # the Roman number eight
    "0000-00-00",
    "0001-01-01",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31",
    "9999-12-31T23:59:59-23:59",
    "10000-01-01",
    "2026-02-30",
    "2026-W01-1",
    "2026-11-30T10:00+24:00",
    "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0663\u0660",
)

# What JSON can say besides.
VALUES: tuple[Any, ...] = (*TEXTS, 1e308, 5e-324, -0.0, 2.5, 1e15, -(10**18), 2**63 - 1, -(2**63))
