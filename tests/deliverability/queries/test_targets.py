import pytest
from pytest_django import DjangoAssertNumQueries

from deliverability.queries import targets
from tests.factories.deliverability import MailingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buffer")]


def test_a_mailing_is_looked_up_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    mailing = MailingFactory.create(links=["https://shop.example/a", "http://shop.example/b c"])
    assert targets.cached_target(mailing.pk, 0) is None
    with django_assert_num_queries(1):
        assert targets.target(mailing.pk, 0) == "https://shop.example/a"
        assert targets.target(mailing.pk, 1) == "http://shop.example/b%20c"
        assert targets.target(mailing.pk, 2) is None
    assert targets.cached_target(mailing.pk, 2) == targets.Found(None)


def test_an_unknown_link_is_looked_up_again_after_a_while(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_assert_num_queries(1):
        assert targets.target(1, 0) is None
        assert targets.target(1, 0) is None
    MailingFactory.create(pk=1, links=["https://shop.example/"])
    monkeypatch.setattr(targets, "UNKNOWN_SECONDS", 0.0)
    assert targets.target(1, 0) == "https://shop.example/"


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "CACHED_MAILINGS", 2)
    for mailing_id in (1, 2, 3):
        targets.target(mailing_id, 0)
    assert [targets.cached_target(mailing_id, 0) is not None for mailing_id in (1, 2, 3)] == [False, True, True]
