"""Why people left, for those who mail them: counts by reason, and some of their words."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from subscribers.models import Farewell

_MOST_WORDS = 10
# Whose departure from everything took this list too: both entries share the person and the moment.
_OF_LIST = """
SELECT farewell.reason, count(*),
    (array_agg(farewell.words ORDER BY farewell.id DESC) FILTER (WHERE farewell.words <> ''))[:%s]
FROM subscribers_farewell farewell
JOIN subscribers_consentrecord departure ON departure.id = farewell.entry_id
JOIN subscribers_consentrecord taken ON taken.contact_id = departure.contact_id
    AND taken.occurred_at = departure.occurred_at AND taken.mailing_list_id = %s
    AND taken.purpose = 'subscription' AND taken.action = 'withdrawn'
GROUP BY farewell.reason ORDER BY count(*) DESC, farewell.reason
"""


@dataclass(frozen=True, slots=True)
class Farewells:
    """`reasons` are pairs of reason and people, most often said first; `words` are some of the latest."""

    reasons: list[tuple[str, int]]
    words: list[str]


def farewells_of_mailing(mailing_id: int) -> Farewells:
    """Of those who left everything by a link of this mailing."""
    found = Farewell.objects.filter(mailing_id=mailing_id)
    counts = found.values_list("reason").annotate(people=Count("pk")).order_by("-people", "reason")
    words = found.exclude(words="").order_by("-pk").values_list("words", flat=True)
    return Farewells(list(counts), list(words[:_MOST_WORDS]))


def farewells_of_list(mailing_list_id: int) -> Farewells:
    """Of those who were on this list when they left everything."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_LIST, [_MOST_WORDS, mailing_list_id])
        rows = cursor.fetchall()
    return Farewells(
        [(reason, people) for reason, people, _ in rows], [said for *_, words in rows for said in words or ()]
    )
