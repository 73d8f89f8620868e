"""Charts as PNG for e-mails, drawn by matplotlib, without a browser. It loads slowly: only where it is used."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Sequence
from typing import Any

from app.documents.scripts import CJK, SIGNS, cjk_font, noto, script_of

INK, SOFT, RULE, MAIN, COMPARE, PAPER = "#1b1d22", "#56544f", "#e2ded6", "#0f766e", "#8a8f98", "#fffefc"
_OWN = "DejaVu Sans"  # comes with the library
WIDTH, DPI = 6.2, 160  # inches; twice as fine as mail clients show it


def lines_png(title: str, labels: Sequence[str], now: Sequence[float], before: Sequence[float], unit: str) -> bytes:
    """A week beside the week before, which is dashed."""
    figure, axes, fonts = _paper(title, 2.5, (title, unit, *labels))
    places = range(len(labels))
    axes.plot(places, before, color=COMPARE, linewidth=1.4, linestyle=(0, (4, 3)))
    axes.plot(places, now, color=MAIN, linewidth=2.2)
    axes.fill_between(places, now, color=MAIN, alpha=0.10, linewidth=0)
    axes.set_xticks(list(places), list(labels))
    axes.set_ylim(bottom=0)
    axes.set_ylabel(unit, color=SOFT, fontsize=8, fontfamily=fonts, parse_math=False)
    axes.yaxis.grid(visible=True, color=RULE, linewidth=0.8)
    axes.annotate("this week", (len(labels) - 1, now[-1]), (6, 0), color=MAIN, **_BESIDE)
    axes.annotate("before", (len(labels) - 1, before[-1]), (6, -9), color=COMPARE, **_BESIDE)
    return _png(figure)


def bars_png(title: str, labels: Sequence[str], values: Sequence[float], words: Sequence[str]) -> bytes:
    """Horizontal bars, the first on top, each with its words at its end."""
    figure, axes, fonts = _paper(title, 0.7 + 0.28 * len(labels), (title, *labels, *words))
    places = list(range(len(labels)))
    axes.barh(places, values, color=MAIN, height=0.6)
    axes.set_yticks(places, [_short(label) for label in labels])
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.set_xlim(0, max([*values, 1]) * 1.18)
    for place, value, word in zip(places, values, words, strict=True):
        axes.annotate(word, (value, place), (4, 0), color=SOFT, fontfamily=fonts, parse_math=False, **_BESIDE)
    return _png(figure)


_BESIDE: dict[str, Any] = {"textcoords": "offset points", "va": "center", "annotation_clip": False, "fontsize": 8}


def _paper(title: str, height: float, texts: Iterable[str]) -> tuple[Any, Any, list[str]]:
    """Figure, axes, and the fonts for what is written on them: its own where it has the character, else another."""
    from matplotlib.figure import Figure

    fonts = _fonts("".join(texts))
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=PAPER, layout="constrained")
    axes = figure.add_subplot(facecolor=PAPER)
    # No markup of formulas: names may hold any sign. The fonts beside the library's own have no bold.
    own = _fonts(title)
    weight = "bold" if own == [_OWN] else "normal"
    axes.set_title(title, loc="left", color=INK, fontsize=10, fontweight=weight, fontfamily=own, parse_math=False)
    axes.tick_params(colors=SOFT, labelsize=8, length=0, labelfontfamily=fonts)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    return figure, axes, fonts


def _fonts(text: str) -> list[str]:
    scripts = sorted({script_of(c) for c in text if not c.isascii()})
    if not scripts:
        return [_OWN]
    paths = [str(cjk_font() if script == CJK else noto(f"NotoSans{script}")) for script in scripts]
    return list(dict.fromkeys([_OWN, *map(_family, [*paths, *map(str, map(noto, SIGNS))])]))


@functools.cache
def _family(path: str) -> str:
    from matplotlib.font_manager import FontProperties, fontManager

    fontManager.addfont(path)
    return FontProperties(fname=path).get_name()


def _short(label: str, most: int = 28) -> str:
    cut = label if len(label) <= most else label[: most - 1].rstrip() + "…"
    return cut.replace("$", r"\$")


def _png(figure: Any) -> bytes:
    data = io.BytesIO()
    figure.savefig(data, format="png")
    return data.getvalue()
