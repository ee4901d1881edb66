"""Each finding of a review, from the fact that causes it."""

from dataclasses import replace

import pytest

from campaigns.rules.checks import Facts, empty_audience, must_fix, worth_a_look

READY = Facts(
    subject="Autumn news",
    preheader="Three things to read",
    from_name="Huila",
    from_email="hello@huila.example",
    from_mailbox_provider="",
    has_organisation=True,
    has_postal_address=True,
    stream_name="Marketing",
    stream_is_marketing=True,
    provider_name="relay",
    provider_is_usable=True,
    stream_held_reason="",
    links_reach_only_this_machine=False,
)


def test_a_ready_campaign_has_no_findings() -> None:
    assert (must_fix(READY), worth_a_look(READY)) == ([], [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": "  "}, "no_subject"),
        ({"from_name": "Huila\r\nBcc: everybody"}, "control_characters"),
        ({"from_mailbox_provider": "google"}, "free_from_domain"),
        ({"has_organisation": False, "has_postal_address": False}, "no_organisation"),
        ({"has_postal_address": False}, "no_postal_address"),
        ({"stream_is_marketing": False}, "wrong_stream"),
        ({"provider_is_usable": False}, "no_provider"),
    ],
)
def test_what_must_be_fixed(change: dict[str, object], code: str) -> None:
    assert [problem.code for problem in must_fix(replace(READY, **change))] == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"preheader": ""}, "no_preheader"),
        ({"subject": "x" * 91}, "long_subject"),
        ({"stream_held_reason": "The password was refused."}, "stream_held"),
        ({"links_reach_only_this_machine": True}, "local_links"),
    ],
)
def test_what_is_worth_a_look(change: dict[str, object], code: str) -> None:
    changed = replace(READY, **change)
    assert ([problem.code for problem in worth_a_look(changed)], must_fix(changed)) == ([code], [])


def test_an_empty_audience_says_whether_people_were_left_out() -> None:
    assert "Nobody is on “News”" in str(empty_audience(list_name="News", excluded=0))
    assert "all 1,200 are left out" in str(empty_audience(list_name="News", excluded=1200))
