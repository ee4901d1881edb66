from urllib.parse import urlsplit

import pytest
import redis
from django.test import Client
from django.urls import reverse

from deliverability.queries import tokens
from deliverability.queries.streams import mailing_brief
from deliverability.rules.hits import FIELD, STREAM, unpack_hit
from deliverability.services import hits
from deliverability.services.tracking import tracking_links
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db


def test_the_urls_of_a_mail_work_without_an_edge(client: Client, buffer: redis.Redis) -> None:
    mailing = MailingFactory.create(links=["https://shop.example/a", "https://shop.example/b"])
    token = tokens.sign(mailing.pk, 77)
    links = tracking_links(brief=mailing_brief(mailing.pk), token=token, opens=True, clicks=True)
    assert links.open_pixel_url
    assert links.click_prefix
    assert links.dynamic_click

    pixel = client.get(path_of(links.open_pixel_url))
    assert (pixel.status_code, pixel["content-type"]) == (200, "image/gif")
    assert "no-store" in pixel["cache-control"]
    assert not pixel.cookies
    click = client.get(path_of(f"{links.click_prefix}1"), headers={"user-agent": "A Browser"})
    assert (click.status_code, click["location"]) == (302, "https://shop.example/b")
    private = client.get(path_of(f"{links.click_prefix}0"), headers={"Sec-GPC": "1"})
    assert (private.status_code, private["location"]) == (302, "https://shop.example/a")
    own = client.head(path_of(links.dynamic_click("https://shop.example/?q=ü&r=1")))
    assert (own.status_code, own["location"]) == (302, "https://shop.example/?q=%C3%BC&r=1")

    found = [unpack_hit(fields[FIELD]) for _, fields in buffer.xrange(STREAM)]
    assert [(hit.recipient_id, hit.link, hit.method, hit.target) for hit in found] == [
        (77, None, "GET", ""),
        (77, 1, "GET", ""),
        (77, None, "HEAD", "https://shop.example/?q=ü&r=1"),
    ]
    assert (found[1].agent, found[1].ip) == ("A Browser", "127.0.0.1")


def test_forged_links_lead_nowhere(client: Client, buffer: redis.Redis) -> None:
    token = tokens.sign(MailingFactory.create(links=["https://shop.example/"]).pk, 77)
    urls = [
        reverse("track-open", args=["A" * 24]),
        reverse("track-click", args=[token, "1"]),
        reverse("track-click", args=["A" * 24, "0"]),
        reverse("track-target", args=[token, "mac"]) + "?u=https://evil.example/",
    ]
    for url in urls:
        answer = client.get(url)
        assert (answer.status_code, answer.get("location")) == (404, None)
        assert b"This link does not work" in answer.content
    assert buffer.xlen(STREAM) == 0


def test_a_dead_redis_keeps_nobody_from_their_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = MailingFactory.create(links=["https://shop.example/"])
    monkeypatch.setattr(hits.conf, "redis_url", lambda: "redis://127.0.0.1:1/0")
    hits._redis.cache_clear()
    answer = client.get(reverse("track-click", args=[tokens.sign(mailing.pk, 77), "0"]))
    hits._redis.cache_clear()
    assert (answer.status_code, answer["location"]) == (302, "https://shop.example/")


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
