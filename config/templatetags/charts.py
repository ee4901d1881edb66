"""Charts for every app's templates, which may not import from above but may use tags."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from config.web import charts

register = template.Library()


@register.simple_tag
def line_chart(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], summary: str) -> SafeString:
    """`series` are (name, values) pairs; see `config.web.charts.line_chart`."""
    return charts.line_chart(labels, [charts.Series(name, values) for name, values in series], summary)


@register.simple_tag
def sparkline(values: Sequence[float], summary: str) -> SafeString:
    return charts.sparkline(values, summary)


@register.simple_tag
def progress_bar(parts: Sequence[tuple[str, int, str]], summary: str) -> SafeString:
    """`parts` are (label, count, kind); see `config.web.charts.progress_bar`."""
    return charts.progress_bar([charts.Part(label, count, kind) for label, count, kind in parts], summary)


@register.simple_tag
def chart_table(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> SafeString:
    """The numbers behind a chart, one row per label."""
    return charts.table(labels, [charts.Series(name, values) for name, values in series])


@register.filter
def thousands(count: int | None) -> str:
    """`84310` → `84,310`; nothing for no number."""
    return "" if count is None else f"{count:,}"


@register.filter
def percent(rate: float | None) -> str:
    """`4.861` → `4.86%`; two digits below ten, one above; a dash for no rate."""
    if rate is None:
        return "–"
    return f"{rate:.2f}%" if rate < 10 else f"{rate:.1f}%"
