import http.client
import random
import threading
import time
from collections import Counter
from itertools import count

import pytest
import redis

from deliverability.models import Event
from deliverability.queries import tokens
from deliverability.rules.hits import STREAM
from deliverability.services import tracking
from deliverability.services.engagement_events import consume_hits
from tests.edge_server import edge_server
from tests.factories.deliverability import MailingFactory

CLIENTS, KILLS = 12, 4


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_no_acknowledged_click_is_lost_or_doubled_when_the_edge_is_killed(
    buffer: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "_consent", lambda kind, ids: dict.fromkeys(ids, "google"))
    mailing = MailingFactory.create(links=["https://shop.example/"])
    people = count(1)
    acknowledged: list[int] = []
    asked: list[int] = []

    def click_until_the_edge_dies(port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            for person in people:
                asked.append(person)
                connection.request("GET", f"/t/c/{tokens.sign(mailing.pk, person)}/0")
                response = connection.getresponse()
                response.read()
                if response.status == 302:
                    acknowledged.append(person)
        except (OSError, http.client.HTTPException):
            return

    for _ in range(KILLS):
        with edge_server() as edge:
            clients = [threading.Thread(target=click_until_the_edge_dies, args=(edge.port,)) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(random.uniform(0.3, 1.0))
            edge.kill()
            for client in clients:
                client.join()
    while consume_hits(limit=500).read:
        pass

    recorded = Counter(Event.objects.values_list("recipient_id", flat=True))
    assert len(acknowledged) > 100
    assert set(acknowledged) <= set(recorded)
    assert set(recorded) <= set(asked)
    assert set(recorded.values()) == {1}
    assert buffer.xlen(STREAM) == 0
