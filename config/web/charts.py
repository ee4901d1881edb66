"""Charts drawn by the server as SVG: no script, themed by CSS, read out as a sentence, shown as a table on request."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 760, 250
LEFT, RIGHT, TOP, BOTTOM = 60, 36, 14, 36
MOST_LABELS = 7


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its name and a value for each label."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a progress bar; `kind` is delivered, deferred, failed or waiting."""

    label: str
    count: int
    kind: str


def line_chart(labels: Sequence[str], series: Sequence[Series], summary: str) -> SafeString:
    """A chart of one or more series over shared labels; `summary` says in words what it shows."""
    top = nice_ceiling(max((value for line in series for value in line.values), default=0))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        summary,
        _grid(top),
        _axis(labels),
        format_html_join("", "{}", ((_line(number, line, len(labels), top),) for number, line in enumerate(series, 1))),
    )


def sparkline(values: Sequence[float], summary: str) -> SafeString:
    """A small line without axes, for a figure."""
    top = max([*values, 1])
    steps = max(1, len(values) - 1)
    points = " ".join(f"{index * 120 / steps:.1f},{30 - value * 28 / top:.1f}" for index, value in enumerate(values))
    return format_html(
        '<svg class="chart sparkline" viewBox="0 0 120 32" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline class="line series-2" points="{}"/></svg>',
        summary,
        points,
    )


def progress_bar(parts: Sequence[Part], summary: str) -> SafeString:
    """One bar whose parts share its width; `summary` says in words what it shows."""
    total = max(1, sum(part.count for part in parts))
    shown, start = [], 0.0
    for part in parts:
        width = 1000 * part.count / total
        shown.append((part.kind, round(start, 1), round(width, 1)))
        start += width
    return format_html(
        '<svg class="progress" viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        summary,
        format_html_join("", '<rect class="{}" x="{}" width="{}" height="8"/>', shown),
    )


def table(labels: Sequence[str], series: Sequence[Series]) -> SafeString:
    """The numbers of a chart, for whoever would rather read them."""
    head = format_html_join("", '<th scope="col" class="number">{}</th>', ((line.name,) for line in series))
    rows = (
        (
            label,
            format_html_join("", '<td class="number">{}</td>', ((f"{line.values[index]:,.10g}",) for line in series)),
        )
        for index, label in enumerate(labels)
    )
    body = format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', rows)
    return format_html("<table><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>", head, body)


def short(value: float) -> str:
    """`2500` → `2.5k`: an axis has little room."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def nice_ceiling(value: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten, so that the grid lines carry round numbers."""
    if value <= 4:
        return 4
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value)


def _grid(top: float) -> SafeString:
    rows = []
    for part in range(5):
        y = _y(top * part / 4, top)
        rows.append((LEFT, y, WIDTH - RIGHT, y, LEFT - 8, y + 4, short(top * part / 4)))
    return format_html_join(
        "",
        '<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        rows,
    )


def _axis(labels: Sequence[str]) -> SafeString:
    every = max(1, math.ceil(len(labels) / MOST_LABELS))
    shown = ((_x(index, len(labels)), HEIGHT - 8, label) for index, label in enumerate(labels) if index % every == 0)
    return format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', shown)


def _line(number: int, series: Series, count: int, top: float) -> SafeString:
    points = [f"{_x(index, count)},{_y(value, top)}" for index, value in enumerate(series.values)]
    if not points:
        return SafeString("")
    floor = f"{_x(len(points) - 1, count)},{_y(0, top)} {LEFT},{_y(0, top)}"
    return format_html(
        '<polygon class="area series-{0}" points="{1} {2}"/><polyline class="line series-{0}" points="{1}"/>',
        number,
        " ".join(points),
        floor,
    )


def _x(index: int, count: int) -> float:
    return round(LEFT + index * (WIDTH - LEFT - RIGHT) / max(1, count - 1), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM) / top, 1)
