"""Sets up the roastery: who sends, through what, to which lists, with which newsletters."""

import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from accounts.models import Organisation, User
from accounts.types import Role
from deliverability.models import Lane, Provider, Stream
from deliverability.types import StreamKind
from subscribers.models import CustomField, MailingList, SignUpForm
from subscribers.services.consent import publish_wording
from templates_app.models import Template

ORGANISATION = "Huila & Sons"
DOMAIN = "huila.example"
ADMIN = f"admin@{DOMAIN}"
STARTERS = settings.BASE_DIR / "templates_app" / "starters"
NEWSLETTER = "the-monthly-roast"
LISTS = (
    (NEWSLETTER, "The monthly roast", "New coffees and one recipe, on the first Tuesday of the month."),
    ("offers", "Offers", "When a lot runs out and the last bags go for less: once or twice a month."),
    ("tastings", "Tastings in Berlin", "Invitations to our cuppings, about every six weeks."),
)
FIELDS = (
    ("city", "City", CustomField.Kind.TEXT),
    ("tier", "Tier", CustomField.Kind.CHOICE),
    ("points", "Points", CustomField.Kind.NUMBER),
    ("favourites", "Favourite coffees", CustomField.Kind.LIST),
)
TIERS = ["gold", "silver"]
# A provider that wants us slow: two lines to it, no more than 60 mails a second over both.
SLOW_LANE = {"mailbox_provider": "t-online", "messages_per_second": 60.0, "burst": 60, "max_connections": 2}


def furnish(*, smtp_port: int) -> None:
    """Make what is missing. Raises CommandError in a database that belongs to somebody else."""
    if Organisation.objects.exclude(name=ORGANISATION).exists():
        raise CommandError(
            "This database already belongs to another organisation, and the demo would write to its contacts. "
            "Nothing was changed. Let DATABASE_URL name an empty database, or leave it unset."
        )
    Organisation.objects.get_or_create(
        name=ORGANISATION,
        defaults={
            "postal_address": "Torstraße 1\n10119 Berlin\nGermany",
            "website": f"https://{DOMAIN}",
            "time_zone": "Europe/Berlin",
        },
    )
    _streams(_provider(smtp_port))
    for key, label, kind in FIELDS:
        options = TIERS if kind == CustomField.Kind.CHOICE else []
        CustomField.objects.get_or_create(key=key, defaults={"label": label, "kind": kind, "options": options})
    for slug, name, description in LISTS:
        MailingList.objects.get_or_create(slug=slug, defaults={"name": name, "description": description})
    _sign_up_form()
    for path in sorted(STARTERS.glob("*.mjml")):
        Template.objects.get_or_create(name=path.stem.title(), defaults={"source": path.read_text()})


def login(folder: Path) -> tuple[str, str]:
    """Address and password of the team's owner; the password is kept beside the data, readable by its owner alone."""
    kept = folder / "demo-login"
    user = User.objects.filter(email=ADMIN).first()
    if user and kept.exists():
        email, password = kept.read_text().split()
        return email, password
    password = secrets.token_urlsafe(12)
    user = user or User(email=ADMIN, first_name="Paula", last_name="Huila", time_zone="Europe/Berlin")
    user.role, user.is_staff, user.is_superuser = Role.OWNER, True, True
    user.set_password(password)
    user.save()
    kept.touch(mode=0o600)
    kept.write_text(f"{ADMIN}\n{password}\n")
    return ADMIN, password


def _provider(smtp_port: int) -> Provider:
    # The port may have moved since the last run.
    provider, _ = Provider.objects.update_or_create(
        name="Mailbox server of this machine",
        defaults={"kind": "smtp", "host": "127.0.0.1", "port": smtp_port, "security": Provider.Security.NONE},
    )
    return provider


def _streams(provider: Provider) -> None:
    for kind, sender in ((StreamKind.MARKETING, "paula"), (StreamKind.TRANSACTIONAL, "hello")):
        domain = f"{'news' if kind == StreamKind.MARKETING else 'mail'}.{DOMAIN}"
        stream, _ = Stream.objects.get_or_create(
            slug=kind.value,
            defaults={
                "name": kind.value.title(),
                "kind": kind.value,
                "provider": provider,
                "from_email": f"{sender}@{domain}",
                "bounce_domain": f"bounces.{domain}",
            },
        )
        Lane.objects.get_or_create(stream=stream, mailbox_provider="*")
        if kind == StreamKind.MARKETING:
            Lane.objects.get_or_create(
                stream=stream, mailbox_provider=SLOW_LANE["mailbox_provider"], defaults=SLOW_LANE
            )


def _sign_up_form() -> None:
    wording = publish_wording(
        name="newsletter",
        locale="en",
        text=f"Yes, {ORGANISATION} may send me the newsletters that I chose by e-mail. I can leave at any time.",
    )
    form, is_new = SignUpForm.objects.get_or_create(
        slug="newsletter",
        defaults={
            "title": "Letters from the roastery",
            "introduction": "Good coffee, told honestly. No more than three mails a month.",
            "wording": wording,
        },
    )
    if is_new:
        form.lists.set(MailingList.objects.filter(slug__in=[slug for slug, _, _ in LISTS]))
