"""Charts as PNG for e-mails, drawn by matplotlib, without a browser. It loads slowly: only where it is used."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

INK, SOFT, RULE, MAIN, COMPARE, PAPER = "#1b1d22", "#56544f", "#e2ded6", "#0f766e", "#8a8f98", "#fffefc"
WIDTH, DPI = 6.2, 160  # inches; twice as fine as mail clients show it


def lines_png(title: str, labels: Sequence[str], now: Sequence[float], before: Sequence[float], unit: str) -> bytes:
    """A week beside the week before, which is dashed."""
    figure, axes = _paper(title, 2.5)
    places = range(len(labels))
    axes.plot(places, before, color=COMPARE, linewidth=1.4, linestyle=(0, (4, 3)))
    axes.plot(places, now, color=MAIN, linewidth=2.2)
    axes.fill_between(places, now, color=MAIN, alpha=0.10, linewidth=0)
    axes.set_xticks(list(places), list(labels))
    axes.set_ylim(bottom=0)
    axes.set_ylabel(unit, color=SOFT, fontsize=8)
    axes.yaxis.grid(visible=True, color=RULE, linewidth=0.8)
    axes.annotate("this week", (len(labels) - 1, now[-1]), (6, 0), color=MAIN, fontsize=8, **_BESIDE)
    axes.annotate("before", (len(labels) - 1, before[-1]), (6, -9), color=COMPARE, fontsize=8, **_BESIDE)
    return _png(figure)


def bars_png(title: str, labels: Sequence[str], values: Sequence[float], words: Sequence[str]) -> bytes:
    """Horizontal bars, the first on top, each with its words at its end."""
    figure, axes = _paper(title, 0.7 + 0.28 * len(labels))
    places = list(range(len(labels)))
    axes.barh(places, values, color=MAIN, height=0.6)
    axes.set_yticks(places, [_short(label) for label in labels])
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.set_xlim(0, max([*values, 1]) * 1.18)
    for place, value, word in zip(places, values, words, strict=True):
        axes.annotate(word, (value, place), (4, 0), color=SOFT, fontsize=8, **_BESIDE)
    return _png(figure)


_BESIDE: dict[str, Any] = {"textcoords": "offset points", "va": "center", "annotation_clip": False}


def _paper(title: str, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=PAPER, layout="constrained")
    axes = figure.add_subplot(facecolor=PAPER)
    # No markup of formulas: names may hold any sign.
    axes.set_title(title, loc="left", color=INK, fontsize=10, fontweight="bold", parse_math=False)
    axes.tick_params(colors=SOFT, labelsize=8, length=0)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    return figure, axes


def _short(label: str, most: int = 28) -> str:
    cut = label if len(label) <= most else label[: most - 1].rstrip() + "…"
    return cut.replace("$", r"\$")


def _png(figure: Any) -> bytes:
    data = io.BytesIO()
    figure.savefig(data, format="png")
    return data.getvalue()
