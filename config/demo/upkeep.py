"""Leaves permission to look after: a form that speaks German too, sign-ups that wait, and consent that ends soon."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import SENDWELL
from config.demo.furnishing import NEWSLETTER
from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_key
from subscribers.models import Contact, FormDay, MailingList, SignUpForm
from subscribers.rules.expiry import expiry_of
from subscribers.services.consent import lock_contact
from subscribers.services.expiry_warnings import warn_of_expiry
from subscribers.services.sign_up_forms import Texts, save_form_text
from subscribers.services.subscriptions import request_subscription
from subscribers.services.subscriptions.granting import grant_list, set_tracking
from subscribers.services.waiting import await_answer
from subscribers.services.wordings import publish_page_wordings
from subscribers.types import Basis, Origin, Purpose

_GERMAN = Texts(
    title="Briefe aus der Rösterei",
    introduction="Guter Kaffee, ehrlich erzählt. Höchstens drei Mails im Monat.",
    wording="Ja, Huila & Sons darf mir die gewählten Newsletter per E-Mail schicken. Ich kann mich jederzeit abmelden.",
    thanks="Schön, dass Sie dabei sind.",
)
_WAITING = ("mira.lindqvist.demo@gmail.com", "tom.bauer.demo@gmx.de", "ines.ferreira.demo@outlook.com")
# Whose inquiry or purchase was so many days ago; the law of Canada lets it stand for six months, or two years.
_ENDING = (("claire.roy.demo@gmail.com", 170), ("liam.chen.demo@gmail.com", 160), ("ava.martin.demo@yahoo.ca", 135))
_FRENCH = "marie.dubois.demo@orange.fr"


@transaction.atomic
def leave_upkeep() -> None:
    """Through the services that people's own clicks use; nobody is sent anything by it."""
    now, form = timezone.now(), SignUpForm.objects.get(slug="newsletter")
    newsletter = MailingList.objects.get(slug=NEWSLETTER)
    save_form_text(actor=SENDWELL, form_id=form.pk, locale="de", texts=_GERMAN)
    _count_days(form, now.date())
    origin = Origin(source="http://127.0.0.1/s/newsletter embedded on https://huila.example", actor="the person")
    for email in _WAITING:
        asked = request_subscription(
            email=email, mailing_list_ids=[newsletter.pk], wording_id=form.wording_id, origin=origin
        )
        await_answer(form_id=form.pk, contact_id=asked.contact_id, values={})
    for email, days in _ENDING:
        _inquired(email, newsletter.pk, now - timedelta(days=days))
    _allowed_tracking_long_ago(now - timedelta(days=200))
    warn_of_expiry()


def _count_days(form: SignUpForm, today: date) -> None:
    FormDay.objects.bulk_create(
        [
            FormDay(form=form, day=today - timedelta(days=ago), signed_up=6 + ago * 7 % 5, confirmed=4 + ago * 5 % 4)
            for ago in range(1, 29)
        ],
        ignore_conflicts=True,
    )


def _inquired(email: str, list_id: int, asked_at: datetime) -> None:
    grant_list(
        contact=_person(email, "CA"),
        mailing_list_id=list_id,
        basis=Basis.IMPLIED_INQUIRY,
        wording_id=None,
        origin=Origin(source="Asked for a quote at the Toronto coffee fair", actor="Paula Huila"),
        now=asked_at,
        expires_at=expiry_of(Basis.IMPLIED_INQUIRY, asked_at),
    )


def _allowed_tracking_long_ago(said_at: datetime) -> None:
    set_tracking(
        contact=_person(_FRENCH, "FR"),
        purpose=Purpose.OPEN_TRACKING,
        allowed=True,
        basis=Basis.EXPRESS,
        wording_id=publish_page_wordings(organisation="Huila & Sons", locale="fr")[Purpose.OPEN_TRACKING],
        origin=Origin(source="The preference center", actor="the person"),
        now=said_at,
    )


def _person(email: str, country: str) -> Contact:
    first, last, _ = email.split("@")[0].split(".")
    made, _ = Contact.objects.get_or_create(
        email=email,
        defaults={
            "address_key": address_key(email),
            "mailbox_provider": mailbox_provider_of(email),
            "first_name": first.capitalize(),
            "last_name": last.capitalize(),
            "country": country,
        },
    )
    return lock_contact(made.pk)
