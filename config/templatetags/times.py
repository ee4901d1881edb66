"""Times as people read them: in the viewer's zone, and always with the zone's name."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

register = template.Library()


@register.filter
def in_zone(moment: datetime | None, zone: str) -> SafeString:
    """`24 Nov 2026, 09:00 Berlin time` as a <time> element; nothing for no moment."""
    if moment is None:
        return SafeString("")
    local = moment.astimezone(ZoneInfo(str(zone)))
    words = f"{local.day} {local:%b %Y, %H:%M} {place(str(zone))}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.filter
def ago(moment: datetime | None) -> SafeString:
    """`3 days ago`, with the exact moment as its title in UTC."""
    if moment is None:
        return SafeString("")
    past = timezone.now() - moment
    words = f"{timesince(moment, depth=1)} ago" if past >= timedelta(minutes=1) else "just now"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), f"{moment:%d %b %Y, %H:%M} UTC", words
    )


@register.filter
def place(zone: str) -> str:
    """`Europe/Berlin` → `Berlin time`."""
    return "UTC" if zone == "UTC" else f"{zone.rpartition('/')[2].replace('_', ' ')} time"
