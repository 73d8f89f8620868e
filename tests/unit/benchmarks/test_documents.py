"""The committed tables say what was measured, and the page about performance says the same."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks import report


class TestDocuments:
    def test_the_tables_are_those_of_what_was_measured(self) -> None:
        assert report.TABLES.read_text() == report.markdown(report.latest(), report.baseline())

    def test_the_page_about_performance_has_its_figures_from_there(self) -> None:
        text = report.PERFORMANCE.read_text()
        assert text == report.with_figures(text, report.latest())
        assert re.search(r"^\| `checkout\.journey` \| [0-9]", text, re.MULTILINE)

    def test_a_row_that_was_not_measured_cannot_stand_there(self) -> None:
        with pytest.raises(KeyError, match=r"checkout\.dreamt"):
            report.with_figures("| `checkout.dreamt` | 1,000 orders/s | nothing |", report.latest())
