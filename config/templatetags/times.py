"""Times as people read them: in the viewer's zone, and always with the zone's name."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from accounts.rules import clocks

register = template.Library()


@register.filter
def in_zone(moment: datetime | None, zone: str) -> SafeString:
    """`24 Nov 2026, 09:00 Berlin time` as a <time> element; nothing for no moment."""
    if moment is None:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), clocks.day_and_clock(moment, str(zone)))


@register.filter
def ago(moment: datetime | None) -> SafeString:
    """`3 days ago`, with the exact moment as its title in UTC."""
    if moment is None:
        return SafeString("")
    past = timezone.now() - moment
    words = f"{timesince(moment, depth=1)} ago" if past >= timedelta(minutes=1) else "just now"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), clocks.day_and_clock(moment, "UTC"), words
    )


@register.filter
def place(zone: str) -> str:
    """`Europe/Berlin` → `Berlin time`."""
    return clocks.place(zone)


@register.filter
def told(sentence: str, zone: str) -> str:
    """A stored sentence, with its moments as clocks in `zone` show them."""
    return clocks.told(sentence, str(zone))
