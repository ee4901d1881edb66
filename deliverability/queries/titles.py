"""Mailings by what people call them, for choices."""

from deliverability.models import Mailing

MOST = 40


def recent_titles(also: int = 0) -> list[tuple[int, str]]:
    """Ids and titles of the newest mailings that have one, and of one more that somebody chose."""
    named = Mailing.objects.exclude(title="").order_by("-pk")
    newest = list(named.values_list("pk", "title")[:MOST])
    if also and also not in dict(newest):
        newest += Mailing.objects.filter(pk=also).values_list("pk", "title")
    return newest
