"""Segments on screens: the list, one of them, the builder without its script, and comparison."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.permission import SENDWELL
from subscribers.errors import TookTooLong
from subscribers.models import Segment, SegmentDraft
from subscribers.services.segments import create_segment, take_snapshot
from subscribers.views.audience.segments import builder
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def named(name: str) -> dict[str, Any]:
    return {"type": "field", "field": "first_name", "op": "is", "value": name}


def make(name: str, rules: object) -> Segment:
    return create_segment(actor=SENDWELL, name=name, rules=rules)


def form(**more: Any) -> dict[str, Any]:
    """One condition: the first name is Ann."""
    return {
        "segment": "",
        "based_on": "",
        "name": "Anns",
        "description": "",
        "0.match": "all",
        "node": ["1:0:condition"],
        "1.what": "field:first_name",
        "1.op": "is",
        "1.value": "ann",
        **more,
    }


def test_the_list_shows_sizes_and_users_without_counting(owner: Client, django_assert_max_num_queries: Any) -> None:
    ContactFactory.create(first_name="Ann")
    anns = make("Anns", named("Ann"))
    make("Around", {"type": "segment", "segment": anns.pk})
    take_snapshot(actor=SENDWELL, segment_id=anns.pk)
    ContactFactory.create(first_name="Ann")
    take_snapshot(actor=SENDWELL, segment_id=anns.pk)
    with django_assert_max_num_queries(20):
        page = owner.get(reverse("segments")).content.decode()
    assert f'<a href="/contacts?segment={anns.pk}">2</a>' in page
    assert "+1" in page
    assert "not counted yet" in page
    assert f'<a href="/segments/{Segment.objects.get(name="Around").pk}">Around</a>' in page


def test_an_empty_list_has_one_next_step(owner: Client) -> None:
    page = owner.get(reverse("segments")).content.decode()
    assert "No segment yet" in page
    assert page.count(reverse("segment-new")) == 1


def test_a_segment_is_built_without_any_script(owner: Client) -> None:
    ann = ContactFactory.create(first_name="Ann")
    page = owner.post(reverse("segment-shape"), form(do="group 0")).content.decode()
    assert 'name="2.match"' in page
    assert 'value="ann"' in page
    answer = owner.post(reverse("segment-new"), form())
    made = Segment.objects.get()
    assert answer["Location"] == reverse("segment", args=[made.pk])
    assert made.rules == {"type": "all", "rules": [named("ann")]}
    assert made.sizes.get().people == 1
    assert ann.email in owner.get(reverse("contacts"), {"segment": made.pk}).content.decode()


def test_what_is_missing_is_marked_at_its_place_and_nothing_typed_is_lost(owner: Client) -> None:
    asked = form(**{"1.value": "", "node": ["1:0:condition", "2:0:condition"], "2.what": "mail", "2.days": "soon"})
    page = owner.post(reverse("segment-new"), asked).content.decode()
    assert "Fill in what to compare with." in page
    assert "“soon” is not a whole number." in page
    assert 'value="soon"' in page
    assert not Segment.objects.exists()
    again = owner.get(reverse("segment-new")).content.decode()
    assert 'value="soon"' in again
    assert "A draft of yours, not in use yet" in again


def test_drafts_are_of_one_member_and_go_when_they_are_dropped_or_saved(owner: Client) -> None:
    owner.post(reverse("segment-live"), form())
    assert SegmentDraft.objects.get().name == "Anns"
    owner.post(reverse("segment-drop"), {"segment": ""})
    assert not SegmentDraft.objects.exists()
    owner.post(reverse("segment-live"), form())
    owner.post(reverse("segment-new"), form())
    assert not SegmentDraft.objects.exists()
    # Nothing differs from what is in use, so there is nothing to keep.
    made = Segment.objects.get()
    owner.post(reverse("segment-live"), form(segment=made.pk))
    assert not SegmentDraft.objects.exists()


def test_nobody_writes_over_what_they_have_not_seen(owner: Client) -> None:
    made = make("Anns", named("Ann"))
    stale = form(segment=made.pk, based_on="2026-01-01T00:00:00+00:00")
    page = owner.post(reverse("segment-edit", args=[made.pk]), stale).content.decode()
    assert "changed this segment while you were editing it" in page
    made.refresh_from_db()
    assert made.rules == named("Ann")
    owner.post(reverse("segment-edit", args=[made.pk]), form(segment=made.pk, based_on=made.changed_at.isoformat()))
    made.refresh_from_db()
    assert made.rules["type"] == "all"


def test_the_live_answer_counts_says_it_and_shows_who_and_why(owner: Client) -> None:
    ContactFactory.create(first_name="Ann", email="ann@example.org")
    ContactFactory.create(first_name="Bob")
    page = owner.post(reverse("segment-live"), form()).content.decode()
    assert 'id="count">1<' in page
    assert "50.0% of 2 contacts." in page
    assert "People whose first name is “ann”." in page
    assert "ann@example.org" in page
    assert '<span class="found">Ann</span>' in page


def test_unfinished_conditions_are_left_out_of_the_count_and_said_so(owner: Client) -> None:
    ContactFactory.create(first_name="Ann")
    page = owner.post(reverse("segment-live"), form(node=["1:0:condition", "2:0:condition"])).content.decode()
    assert 'id="count">1<' in page
    assert "1 unfinished condition is not counted." in page
    assert '<li data-key="2" data-missing>Choose what it is about.</li>' in page


def test_a_count_that_takes_too_long_is_stopped_in_words(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise TookTooLong

    monkeypatch.setattr(builder, "look", slow)
    page = owner.post(reverse("segment-live"), form()).content.decode()
    assert "no number is better than a guess" in page
    assert "People whose first name is “ann”." in page


def test_a_used_segment_is_not_deleted_and_says_by_whom_it_is_used(owner: Client) -> None:
    anns = make("Anns", named("Ann"))
    around = make("Around", {"type": "segment", "segment": anns.pk})
    page = owner.post(reverse("segment-delete", args=[anns.pk]), follow=True).content.decode()
    assert "“Around” needs this segment, so it stays." in page
    owner.post(reverse("segment-delete", args=[around.pk]))
    owner.post(reverse("segment-delete", args=[anns.pk]))
    assert not Segment.objects.exists()


def test_three_segments_are_compared_and_each_part_leads_to_its_people(owner: Client) -> None:
    for name, country in (("Ann", "DE"), ("Ann", "AT"), ("Bob", "DE")):
        ContactFactory.create(first_name=name, country=country)
    german = make("German", {"type": "field", "field": "country", "op": "is", "value": "DE"})
    anns = make("Anns", named("Ann"))
    nobody = make("Nobody", named("Nobody"))
    keys = [german.pk, anns.pk, nobody.pk]
    page = owner.get(reverse("segment-compare"), {"segment": keys}).content.decode()
    assert "Only in “German”" in page
    assert "In all three" in page
    query = f"segment={german.pk}&amp;without={anns.pk},{nobody.pk}"
    assert f'<a href="/contacts?{query}">1</a>' in page
    people = owner.get(reverse("contacts"), {"segment": german.pk, "without": f"{anns.pk},{nobody.pk}"})
    assert "1 person" in people.content.decode()
    both = owner.get(reverse("contacts"), {"segment": f"{german.pk},{anns.pk}"}).content.decode()
    assert "1 person" in both


def test_filters_of_contacts_become_a_segment(owner: Client) -> None:
    news = MailingListFactory.create()
    subscribed(news, email="ann@gmail.com")
    page = owner.get(reverse("segment-new"), {"from": f"list={news.pk}&state=subscribed&provider=google"})
    text = page.content.decode()
    assert f'<option value="{news.pk}" selected>News</option>' in text
    assert 'value="google" checked' in text


def test_a_segment_that_cannot_be_read_says_so_and_can_be_mended(owner: Client) -> None:
    gone = MailingListFactory.create()
    broken = make("Broken", {"type": "list", "list": gone.pk, "state": "subscribed"})
    gone.delete()
    assert "Cannot be read" in owner.get(reverse("segments")).content.decode()
    assert "cannot be read any more" in owner.get(reverse("segment", args=[broken.pk])).content.decode()
    assert "There is no list" in owner.get(reverse("segment-edit", args=[broken.pk])).content.decode()
    refused = owner.get(reverse("contacts"), {"segment": broken.pk})
    assert "There is no list" in refused.content.decode()
