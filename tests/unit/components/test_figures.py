"""Figures look alike and draw exactly what they are given."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.money import Formats
from components.kit import figures, theme

INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))


def buckets(*gross: int, complete: bool = True) -> pd.DataFrame:
    days = [date(2026, 3, 1 + i) for i in range(len(gross))]
    done = [True] * (len(gross) - 1) + [complete] if gross else []
    return pd.DataFrame({"start": days, "gross": list(gross), "complete": done})


def earlier(*gross: int) -> pd.DataFrame:
    return buckets(*gross).assign(when=[f"{1 + i} Feb 2026" for i in range(len(gross))])


class TestBaseFigure:
    def test_ground_is_transparent_so_that_both_themes_work(self):
        layout = figures.base_figure().layout.template.layout
        assert layout.paper_bgcolor == layout.plot_bgcolor == theme.CLEAR

    def test_words_stand_in_the_font_of_the_page(self):
        tokens = (Path(__file__).parents[3] / "assets" / "10-tokens.css").read_text(encoding="utf-8")
        (stack,) = re.findall(r"--font: (.+);", tokens)
        assert stack == theme.FONT

    def test_charts_have_no_mode_bar_and_do_not_zoom(self):
        assert figures.CONFIG["displayModeBar"] is False
        assert figures.base_figure().layout.template.layout.dragmode is False

    def test_redraws_are_no_transitions(self):
        assert "transition" not in figures.base_figure().to_plotly_json()["layout"]


class TestGrossLine:
    def test_minor_units_are_drawn_as_major_ones_and_spelled_from_the_integers(self):
        figure = figures.gross_line(buckets(12_345, 100), None, INR, name="7 days")
        assert list(figure.data[0].y) == [123.45, 1.0]
        assert list(figure.data[0].customdata) == ["₹123.45", "₹1.00"]

    def test_the_comparison_is_dashed_grey_and_behind(self):
        figure = figures.gross_line(buckets(1, 2), earlier(3, 4), INR, name="now", before_name="before")
        behind = figure.data[0]
        assert behind.line.color == theme.COMPARE
        assert behind.line.dash
        assert figure.layout.meta["line"] == 1

    def test_a_comparison_longer_than_the_period_is_refused_by_nobody_but_cut_by_its_dates(self):
        figure = figures.gross_line(buckets(1, 2, 3), earlier(1, 2), INR, name="now", before_name="before")
        assert len(figure.data[0].x) == 2

    def test_an_unfinished_bucket_is_hollow_and_says_so(self):
        figure = figures.gross_line(buckets(1, 2, complete=False), None, INR, name="now")
        assert figure.data[-1].marker.symbol == "circle-open"
        assert figure.data[1].line.dash == "dot"
        assert figure.data[1].customdata[-1].endswith("in part")
        assert figure.layout.meta["line"] == 1  # the line whose end the browser moves

    def test_a_bucket_that_began_before_the_period_is_dotted_too(self):
        rows = buckets(1, 5, 6, 7).assign(complete=[False, True, True, True])
        head, line = figures.gross_line(rows, None, INR, name="now").data[:2]
        assert (head.line.dash, list(head.y)) == ("dot", [0.01, 0.05])
        assert list(line.y) == [0.05, 0.06, 0.07]

    def test_the_comparison_tells_its_own_day(self):
        figure = figures.gross_line(buckets(1, 2), earlier(300, 4), INR, name="now", before_name="28 days before")
        assert figure.data[0].customdata[0] == "₹3.00 · 1 Feb 2026"
        assert figure.layout.annotations[1].text == "28 days<br>before"

    def test_a_few_days_each_get_a_tick(self):
        axis = figures.gross_line(buckets(1, 2, 3), None, INR, name="now").layout.xaxis
        assert len(axis.tickvals) == 3

    def test_days_of_another_year_than_the_present_one_have_it(self):
        year = INR.today().year
        assert figures.day_ticks(INR, [date(2011, 12, 5), date(2011, 12, 9)]).endswith("\n%Y")
        assert figures.day_ticks(INR, [date(year - 1, 12, 30), date(year, 1, 2)]).endswith("\n%Y")
        assert "%Y" not in figures.day_ticks(INR, [date(year, 2, 1), date(year, 2, 28)])
        assert "%Y" in figures.time_axis(INR, [date(2011, 12, 5)])["tickformat"]

    def test_hours_run_over_their_whole_day(self):
        rows = pd.DataFrame({"start": [datetime(2026, 3, 1, 0)], "gross": [5], "complete": [False]})
        span = (date(2026, 3, 1), date(2026, 3, 2))
        axis = figures.gross_line(rows, None, INR, name="now", span=span).layout.xaxis
        assert tuple(axis.range) == span
        assert axis.tickformat.startswith("%H:%M")

    def test_only_the_highest_tick_carries_the_currency(self):
        ticks = figures.gross_line(buckets(4_000_000, 9_000_000), None, INR, name="now").layout.yaxis.ticktext
        assert [("₹" in words) for words in ticks] == [False] * (len(ticks) - 1) + [True]

    def test_labels_of_lines_that_end_together_are_pushed_apart(self):
        figure = figures.gross_line(buckets(100, 100), earlier(100, 100), INR, name="now", before_name="before")
        shifts = [note.yshift for note in figure.layout.annotations]
        assert abs(shifts[0] - shifts[1]) >= 16

    def test_labels_of_lines_that_end_at_nothing_stand_above_the_axis(self):
        figure = figures.gross_line(buckets(100, 0), earlier(100, 0), INR, name="now", before_name="before")
        assert min(note.yshift for note in figure.layout.annotations) >= 16

    def test_no_rows_make_an_empty_chart(self):
        assert list(figures.gross_line(buckets(), None, INR, name="now").data[0].y) == []


class TestStockSteps:
    def points(self, *levels: int) -> pd.DataFrame:
        return pd.DataFrame({"at": pd.date_range("2026-03-01", periods=len(levels), freq="h"), "on_hand": list(levels)})

    def test_stock_moves_in_steps(self):
        assert figures.stock_steps(self.points(5, 4), INR, threshold=3).data[0].line.shape == "hv"

    def test_the_level_is_carried_on_to_now(self):
        figure = figures.stock_steps(self.points(5, 4), INR, threshold=3, end=pd.Timestamp("2026-03-02"))
        assert list(figure.data[0].y) == [5, 4, 4]
        assert figure.data[1].text[0] == "4"

    def test_the_threshold_is_a_thin_amber_line_with_its_label(self):
        figure = figures.stock_steps(self.points(5), INR, threshold=3)
        assert figure.layout.shapes[0].line.color == theme.THRESHOLD
        assert figure.layout.annotations[0].text == "threshold 3"

    def test_the_threshold_is_in_view_even_above_all_stock(self):
        assert figures.stock_steps(self.points(2), INR, threshold=50).layout.yaxis.range[1] > 50

    def test_a_product_that_never_moved_is_an_empty_chart(self):
        assert list(figures.stock_steps(self.points(), INR, threshold=3).data[0].y) == []


class TestBars:
    def test_names_are_text_and_never_markup(self):
        figure = figures.bars(["<b>Bold</b> & Co"], [1.0], ["1"])
        assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;Bold&lt;/b&gt; &amp; Co"

    def test_two_products_of_one_name_get_a_bar_each(self):
        assert len(set(figures.bars(["Mug", "Mug"], [2.0, 1.0], ["2", "1"]).data[0].y)) == 2


class TestSparkline:
    def test_it_is_left_out_when_there_is_no_course(self):
        assert figures.sparkline([]) is None
        assert figures.sparkline([3]) is None
        assert figures.sparkline([0, 0, 0]) is None

    def test_a_flat_course_is_a_line(self):
        assert figures.sparkline([4, 4]) is not None

    def test_it_is_hidden_from_screen_readers(self):
        assert figures.sparkline([1, 2]).to_plotly_json()["props"]["aria-hidden"] == "true"


@pytest.mark.parametrize(("least", "step"), [(0.2, 1), (1, 1), (1.1, 2), (3, 5), (7, 10), (23, 50), (4_300, 5_000)])
def test_axis_steps_are_round(least: float, step: float):
    assert figures._round_step(least) == step
