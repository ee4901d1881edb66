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
