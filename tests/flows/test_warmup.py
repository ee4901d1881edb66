"""Thirty days of a warm-up with a million people, by the real allowance, outbox and verdicts, on a clock of its own."""

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from accounts.services.permission import SENDWELL
from deliverability.models import DeliveryBatch, Mailing, WarmupPlan
from deliverability.queries.lanes import working_lane
from deliverability.queries.warmup_forecast import forecast_curve
from deliverability.rules.lanes import LaneKey
from deliverability.services.allowance import Allowances
from deliverability.services.closing import PutBack, close_batch
from deliverability.services.events import append_events
from deliverability.services.journal import Entry
from deliverability.services.leasing import claim
from deliverability.services.outbox import enqueue_selected
from deliverability.services.partitions import ensure_partitions
from deliverability.services.warmup import advance_days, start_plan
from deliverability.types import EventKind, NewEvent, Reply, Result
from tests.factories.deliverability import MailingFactory, ProviderFactory, StreamFactory
from tests.virtual_clock import VirtualClock

FIRST = date(2027, 3, 1)
ACCEPTED = Reply(250, "Queued", "2.0.0")
BUSY = Reply(451, "Server busy, try later", "4.3.2")
WEEK = timedelta(days=7)
PEOPLE = {"google": 450_000, "microsoft": 250_000, "yahoo": 150_000, "other": 100_000, "gmx": 50_000}
_SELECT = """
CREATE TEMPORARY TABLE warmup_people AS
SELECT number AS contact_id, name AS mailbox_provider,
    -- 12%% opened or clicked in the last 30 days, 18%% in the last 90, 20%% ever, 50%% never.
    (CASE WHEN place <= 0.12 THEN 0 WHEN place <= 0.30 THEN 1 WHEN place <= 0.50 THEN 2 ELSE 3 END)::smallint
        AS priority
FROM (
    SELECT row_number() OVER () AS number, name, each::float / people AS place
    FROM unnest(%s::text[], %s::int[]) AS provider (name, people), generate_series(1, people) AS each
) everybody
"""
_SENT = """
SELECT mailbox_provider, date_trunc(%s, occurred_at AT TIME ZONE 'UTC'), count(*) FROM deliverability_event
WHERE kind IN (1, 2, 3) GROUP BY 1, 2
"""


@dataclass
class World:
    """The mailbox providers: who puts off, complains and bounces on which day (from 1), as shares of what was sent."""

    clock: VirtualClock
    mailing: Mailing
    deferring: dict[tuple[str, int], float] = field(default_factory=dict)
    complaining: dict[tuple[str, int], float] = field(default_factory=dict)
    bouncing: dict[tuple[str, int], float] = field(default_factory=dict)
    allowances: Allowances = field(default_factory=lambda: Allowances("drain-1", "sendwell:drains:test"))

    def live(self, days: int) -> None:
        for number in range(1, days + 1):
            midnight = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=number - 1)
            for hour in range(24):
                self.clock.go_to(midnight + timedelta(hours=hour, minutes=6))
                if hour == 0:
                    advance_days()
                for name in PEOPLE:
                    self._send(name, number)
            for name in PEOPLE:
                self._hear(name, number)

    def _send(self, name: str, number: int) -> None:
        """All that is allowed and due in this hour, as a drain does it: allowance, claim, results, closing."""
        lane = working_lane(LaneKey(self.mailing.stream_id, name))
        share = self.deferring.get((name, number), 0.0)
        while True:
            allowance = self.allowances.take(lane, messages=500, connections=0)
            if not allowance.messages:
                return
            lease = claim(lane=lane.key, owner="drain-1")
            if lease is None:
                self.allowances.give_back(lane, allowance, allowance.messages)
                return
            tried = lease.recipient_ids[: allowance.messages]
            self.allowances.give_back(lane, allowance, allowance.messages - len(tried))
            put_off = math.ceil(len(tried) * share)
            entries = [
                Entry(self.clock.moment.timestamp(), Result(who, "", BUSY if index < put_off else ACCEPTED))
                for index, who in enumerate(tried)
            ]
            close_batch(lease=lease, entries=entries, put_back=[PutBack(lease.recipient_ids[len(tried) :])])

    def _hear(self, name: str, number: int) -> None:
        """Complaints and late bounces of the day."""
        for kind, shares in ((EventKind.COMPLAINED, self.complaining), (EventKind.BOUNCED, self.bouncing)):
            if share := shares.get((name, number)):
                count = math.ceil(share * self.sent("day")[name, FIRST + timedelta(days=number - 1)])
                append_events(
                    [NewEvent(self.clock.moment, kind, self.mailing.pk, who, name) for who in range(1, count + 1)]
                )

    def sent(self, unit: str) -> dict[tuple[str, object], int]:
        """Messages that reached the wire by mailbox provider and day (a date) or hour (a moment)."""
        with connection.cursor() as cursor:
            cursor.execute(_SENT, [unit])
            return {(name, at.date() if unit == "day" else at): count for name, at, count in cursor.fetchall()}


def enqueue_everybody(mailing: Mailing) -> dict[str, dict[int, int]]:
    """A million frozen recipients. Returns them by mailbox provider and band."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [list(PEOPLE), list(PEOPLE.values())])
        cursor.execute("SELECT mailbox_provider, priority, count(*) FROM warmup_people GROUP BY 1, 2")
        bands: dict[str, dict[int, int]] = {name: {} for name in PEOPLE}
        for name, priority, count in cursor.fetchall():
            bands[name][priority] = count
    assert enqueue_selected(mailing_id=mailing.pk, table="warmup_people") == 1_000_000
    return bands


def caps_of(plan: WarmupPlan, name: str) -> list[int | None]:
    return list(plan.days.filter(mailbox_provider=name).order_by("day").values_list("cap", flat=True))


def verdicts_of(plan: WarmupPlan, name: str) -> dict[int, str]:
    """The days, from 1, that were neither healthy nor little."""
    days = plan.days.filter(mailbox_provider=name).exclude(verdict__in=["healthy", "little", ""])
    return {(day - FIRST).days + 1: verdict for day, verdict in days.order_by("day").values_list("day", "verdict")}


# From 1,000,000 contacts on day one to nobody left on day 29. A spike of 0.5% of complaints or 6% of bounces steps back
# to half, one of 3% of bounces holds, two unhealthy days pause for three days and the next time for seven.
SPIKES: dict[str, dict[tuple[str, int], float]] = {
    "complaining": {("yahoo", 10): 0.005, ("yahoo", 11): 0.004, ("other", 3): 0.0015},
    "bouncing": {
        ("google", 10): 0.06,
        ("google", 11): 0.03,
        ("google", 19): 0.06,
        ("google", 20): 0.03,
        ("microsoft", 12): 0.03,
    },
    "deferring": {("other", 9): 0.3},
}
EXPECTED = {
    "google": [
        *(200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 31_000, 48_000, 75_000, 31_000, 0, 0, 0),
        *(10_000, 20_000, 31_000, 48_000, 75_000, 31_000, 0, 0, 0, 0, 0, 0, 0, 10_000, 20_000),
    ],
    # Week one reaches 25,000, a tenth: from day six on less than the curve allows.
    "microsoft": [200, 500, 1_000, 2_000, 5_000, 8_150, 8_150, 10_000, 20_000, 31_000, 48_000, 75_000, 75_000],
    "yahoo": [
        *(200, 500, 1_000, 2_000, 3_766, 3_766, 3_766, 5_000, 10_000, 20_000, 10_000, 0, 0, 0),
        *(5_000, 10_000, 20_000, 31_000, 48_000),
    ],
    "other": [200, 500, 1_000, 2_000, 2_100, 2_100, 2_100, 5_000, 10_000, 5_000, 10_000, 20_000, 31_000, 48_000],
    "gmx": [200, 500, 860, 860, 860, 860, 860, 1_000, 2_000, 5_000, 10_000, 20_000, 31_000],
}
VERDICTS = {
    "google": {
        10: "back",
        11: "held",
        12: "paused",
        13: "paused",
        14: "paused",
        19: "back",
        20: "held",
        **dict.fromkeys(range(21, 28), "paused"),
    },
    "microsoft": {12: "held"},
    "yahoo": {10: "back", 11: "back", 12: "paused", 13: "paused", 14: "paused"},
    "other": {9: "back"},
    "gmx": {},
}


@pytest.mark.scale
@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_a_million_people_in_thirty_days_with_spikes(clock: VirtualClock) -> None:
    clock.go_to(datetime.combine(FIRST, datetime.min.time(), UTC))
    ensure_partitions()
    # A relay paces by itself, so nothing but the warm-up bounds these lanes.
    stream = StreamFactory.create(provider=ProviderFactory.create(kind="sandbox"))
    mailing = MailingFactory.create(stream=stream)
    bands = enqueue_everybody(mailing)
    plan = start_plan(
        actor=SENDWELL,
        provider_id=stream.provider_id,
        curve="aggressive",
        mailbox_providers=list(PEOPLE),
        audience=PEOPLE,
    )
    forecast = forecast_curve(bands, curve="aggressive")
    world = World(clock, mailing, **SPIKES)

    world.live(30)

    by_day = world.sent("day")
    for name, expected in EXPECTED.items():
        assert caps_of(plan, name)[: len(expected)] == expected
        assert verdicts_of(plan, name) == VERDICTS[name]
        sent = [by_day.get((name, FIRST + timedelta(days=number)), 0) for number in range(30)]
        # To the message: every day but the last gave all that was allowed, and then nobody was left.
        last = len(expected) - 1
        assert sent[:last] == expected[:last]
        assert 0 < sent[last] <= expected[last]
        assert sum(sent[last + 1 :]) == 0
    by_hour, caps = world.sent("hour"), {name: caps_of(plan, name) for name in PEOPLE}
    for (name, hour), count in by_hour.items():
        assert count <= math.ceil((caps[name][(hour.date() - FIRST).days] or 0) / 8)
    assert accepted() == (1_000_000, 1_000_000)
    assert not mailing.batches.exclude(state=DeliveryBatch.State.CLOSED).exists()
    # Week one belongs to those who opened or clicked lately, a tenth of everybody at most.
    assert week_one_of_others() == 0
    week_one = sum(count for (_, day), count in by_day.items() if day < FIRST + WEEK)
    assert 50_000 < week_one <= 100_000
    # Where nothing went wrong, the forecast of the first day came true.
    foreseen = [day.sent for day in forecast.by_mailbox_provider["gmx"]]
    assert foreseen == [by_day["gmx", FIRST + timedelta(days=number)] for number in range(len(foreseen))]


def accepted() -> tuple[int, int]:
    """Accepted mails, and people who have one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT recipient_id) FROM deliverability_event WHERE kind = 1")
        return tuple(cursor.fetchone())


def week_one_of_others() -> int:
    """Mails of week one to people who had not opened or clicked in the last 30 days."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM deliverability_event JOIN warmup_people ON contact_id = recipient_id"
            " WHERE kind IN (1, 2, 3) AND priority > 0 AND occurred_at < %s",
            [datetime.combine(FIRST + WEEK, datetime.min.time(), UTC)],
        )
        return int(cursor.fetchone()[0])
