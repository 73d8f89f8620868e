"""The weekly report: what was sold, against the week before, in words and two charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import Attachment, Message, unlinked
from app.mail.rendering import PLAIN, Frame, render, subject_line


@dataclass(frozen=True)
class ReportLine:
    """A number and its change, both in words; `tone` "good", "bad" or "" says whether the change is welcome."""

    name: str
    value: str
    change: str
    tone: str = ""


@dataclass(frozen=True)
class WeeklyReport:
    """The figures of one week as the e-mail shows them.

    `charts`: PNG pictures with the words that stand for each where pictures are not shown.

    `note`: with which day the numbers of what to look after end, where that is not today.

    `uneven`: how the days of the two weeks differ, where they do. `stands_out`: orders so large that they make
    the sums, in words.
    """

    week: str
    lines: Sequence[ReportLine]
    best: Sequence[tuple[str, str, str]]  # product, units, gross
    to_do: Sequence[tuple[str, str]]  # what, where
    charts: Sequence[tuple[Attachment, str]]
    note: str = ""
    stands_out: Sequence[str] = ()
    uneven: str = ""


def weekly_report(
    report: WeeklyReport, *, key: str, to: str, name: str, store_name: str, base_url: str, frame: Frame = PLAIN
) -> Message:
    first = report.lines[0]
    values = {
        "store_name": store_name,
        "base_url": base_url,
        "first_name": unlinked(name).split()[0] if name.split() else "there",
        "report": report,
        "stands_out": report.stands_out,
        "uneven": report.uneven,
        "overview_url": f"{base_url}/admin",
        "preheader": f"{first.name} {first.value}, {first.change}",
    }
    html, text = render("report", values, frame)
    return Message(
        key=key,
        kind="report",
        to=to,
        subject=subject_line(f"{store_name}: the week of {report.week}"),
        html=html,
        text=text,
        inline=tuple(picture for picture, _ in report.charts),
    )
