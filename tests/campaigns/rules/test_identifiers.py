"""List-Id and Feedback-ID are legal and stable."""

import re

import pytest

from campaigns.rules.identifiers import feedback_id, list_id


@pytest.mark.parametrize(
    ("slug", "host", "expected"),
    [
        ("news", "mail.huila.example", "news.lists.mail.huila.example"),
        ("Big_News", "localhost", "big-news.lists.localhost"),
        ("news", "127.0.0.1", "news.lists.localhost"),
        ("news", "::1", "news.lists.localhost"),
    ],
)
def test_list_id_is_a_dot_atom(slug: str, host: str, expected: str) -> None:
    assert list_id(slug, host) == expected


@pytest.mark.parametrize("domain", ["huila.example", "a.b", "a-very-long-domain-of-ours.example.org"])
def test_feedback_id_has_four_different_fields_and_a_sender_of_legal_length(domain: str) -> None:
    fields = feedback_id(campaign_id=7, list_slug="news", stream_slug="news", from_email=f"a@{domain}").split(":")
    assert len(fields) == len(set(fields)) == 4
    assert re.fullmatch(r"[a-z0-9]{5,15}", fields[-1])
