"""Sign-ups that nobody has confirmed: reminded twice at most, then forgotten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from deliverability.models import DeliveryBatch
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import ConsentErasure, ConsentRecord, Contact, PendingSignUp, SignUpForm, Subscription
from subscribers.services.forgetting import forget_unconfirmed
from subscribers.services.ledger import prove_ledger
from subscribers.services.sign_up import confirm_sign_up, sign_up
from subscribers.services.subscriptions import unsubscribe_all
from subscribers.services.waiting import remind_unconfirmed
from subscribers.types import Origin
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, grant

ORIGIN = Origin(source="https://huila.example/s/letters", actor="the person")
HOUR = 3600


@pytest.fixture
def form(db: Any) -> SignUpForm:
    cache.clear()
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional")
    form = SignUpForm.objects.create(slug="letters", title="Letters", wording=ConsentWordingFactory.create())
    form.lists.add(MailingListFactory.create(slug="news"))
    return form


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        yield clock


def ask(form: SignUpForm, email: str = "alice@gmail.com") -> Contact:
    lists = list(form.lists.values_list("pk", flat=True))
    asked = sign_up(form_id=form.pk, email=email, mailing_list_ids=lists, wording_id=form.wording_id, origin=ORIGIN)
    return Contact.objects.get(pk=asked.contact_id)


def requests_of(contact: Contact) -> list[int]:
    return list(ConsentRecord.objects.filter(contact=contact).values_list("pk", flat=True))


def mailings() -> list[str]:
    return sorted(DeliveryBatch.objects.values_list("mailing__reference", flat=True))


def test_two_reminders_and_then_silence(form: SignUpForm, clock: Any) -> None:
    ask(form)
    sent = []
    for _ in range(30):
        clock.shift(4 * HOUR)
        sent.append(remind_unconfirmed())
    assert [index for index, count in enumerate(sent, 1) if count] == [6, 18]  # 24 and 72 hours
    assert mailings() == [str(form.pk), f"{form.pk}/1", f"{form.pk}/2"]


def test_reminders_that_nobody_sent_in_time_do_not_come_together(form: SignUpForm, clock: Any) -> None:
    ask(form)
    clock.shift(100 * HOUR)
    assert [remind_unconfirmed(), remind_unconfirmed()] == [1, 0]
    clock.shift(100 * HOUR)
    assert remind_unconfirmed() == 0


def test_whoever_answered_left_or_is_suppressed_is_never_reminded(form: SignUpForm, clock: Any) -> None:
    confirmed, left, held, asked = (ask(form, f"{name}@gmail.com") for name in ("confirmed", "left", "held", "asked"))
    confirm_sign_up(contact_id=confirmed.pk, form_id=form.pk, request_ids=requests_of(confirmed), origin=ORIGIN)
    unsubscribe_all(contact_id=left.pk, origin=ORIGIN)
    suppress(addresses=[held.email], scope=Scope.MARKETING, reason=SuppressionReason.HARD_BOUNCE)
    DeliveryBatch.objects.all().delete()
    clock.shift(24 * HOUR)
    assert remind_unconfirmed() == 1
    assert DeliveryBatch.objects.get().recipient_ids == [asked.pk]
    SignUpForm.objects.update(is_open=False)
    clock.shift(48 * HOUR)
    assert remind_unconfirmed() == 0


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_remind_once(form: SignUpForm, clock: Any) -> None:
    for number in range(6):
        ask(form, f"person{number}@gmail.com")
    clock.shift(24 * HOUR)

    def run(_: int) -> int:
        try:
            return remind_unconfirmed()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == 6
    assert mailings().count(f"{form.pk}/1") == 6


def test_signing_up_again_earns_no_further_reminders(form: SignUpForm, clock: Any) -> None:
    ask(form)
    for _ in range(10):
        clock.shift(25 * HOUR)
        ask(form)
        remind_unconfirmed()
    assert PendingSignUp.objects.get().reminded == 2


def test_who_never_confirms_is_forgotten_whole_and_the_ledger_still_holds(form: SignUpForm, clock: Any) -> None:
    ask(form)
    known = ask(form, "known@gmail.com")
    grant(known, MailingListFactory.create(slug="offers"))
    clock.shift(30 * 24 * HOUR - 1)
    assert forget_unconfirmed().sign_ups == 0
    clock.shift(1)
    assert forget_unconfirmed(dry_run=True).sign_ups == 2
    forgotten = forget_unconfirmed()
    assert (forgotten.sign_ups, forgotten.contacts) == (2, 1)
    assert list(Contact.objects.all()) == [known]
    assert list(Subscription.objects.values_list("mailing_list__slug", flat=True)) == ["offers"]
    assert ConsentErasure.objects.count() == 1
    assert prove_ledger().holds
    assert forget_unconfirmed().sign_ups == 0


def test_a_confirmation_and_a_newer_sign_up_keep_the_person(form: SignUpForm, clock: Any) -> None:
    confirmed, again = ask(form, "confirmed@gmail.com"), ask(form, "again@gmail.com")
    confirm_sign_up(contact_id=confirmed.pk, form_id=form.pk, request_ids=requests_of(confirmed), origin=ORIGIN)
    clock.shift(20 * 24 * HOUR)
    ask(form, "again@gmail.com")
    clock.shift(15 * 24 * HOUR)
    assert forget_unconfirmed().sign_ups == 0
    assert set(Contact.objects.all()) == {confirmed, again}
