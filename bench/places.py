"""Where the bench of the web admin looks: every screen, what a page asks again and again, and searches by hand."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.types import CampaignState
from config.web.screens import SCREENS
from deliverability.models import Event
from subscribers.models import Contact, ImportRun
from subscribers.queries.estimates import estimated_rows
from templates_app.models import Template


@dataclass(frozen=True)
class Place:
    """`forgets`: everything that the cache holds is thrown away before each look."""

    name: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    forgets: bool = False


def pages() -> list[Place]:
    """Every screen once, and what people do on them most: search, filter, leaf, look behind a number."""
    shown = {screen.path(): screen.name for screen in SCREENS if not screen.press}
    return [*(Place(name, path) for path, name in shown.items() if path), *_searches(), *_behind_numbers()]


def first_looks() -> list[Place]:
    """The pages that keep results, when nothing is kept."""
    sent = _newest(CampaignState.SENT)
    audience = reverse("campaign-audience", args=[_newest(CampaignState.DRAFT)])
    return [
        Place("report", reverse("campaign", args=[sent]), forgets=True),
        Place("report-figures", reverse("campaign-figures", args=[sent]), forgets=True),
        Place("campaigns", reverse("campaigns") + "?tab=sent", forgets=True),
        Place("home", reverse("home"), forgets=True),
        Place("audience-count", audience, {"HX-Request": "true"}, forgets=True),
    ]


def ticks() -> list[Place]:
    """What open pages ask for every second to every ten."""
    moving = [
        (state, _newest(state)) for state in (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.SCHEDULED)
    ]
    progress = {
        f"campaign-progress-{state}": reverse("campaign-progress", args=[key]) + f"?state={state}"
        for state, key in moving
    }
    draft, template = _newest(CampaignState.DRAFT), Template.objects.latest("pk").pk
    run = ImportRun.objects.filter(state=ImportRun.State.RUNNING).latest("pk").pk
    paths = {
        **progress,
        "home-sending": reverse("home-sending"),
        "import-progress": reverse("import-progress", args=[run]),
        "campaign-state": reverse("campaign-state", args=[draft]) + "?revision=1",
        "template-state": reverse("template-state", args=[template]) + "?revision=1",
    }
    return [Place(name, path, {"HX-Request": "true"}) for name, path in paths.items()]


def sizes() -> dict[str, int]:
    """What the tables held, for the record."""
    campaigns = Campaign.objects.count()
    events = Event.objects.count()
    last = Event.objects.filter(mailing=Campaign.objects.get(pk=_newest(CampaignState.SENT)).mailing_id).count()
    return {"campaigns": campaigns, "events": events, "events_of_the_last_campaign": last}


def _searches() -> list[Place]:
    contacts, middle = reverse("contacts"), estimated_rows(Contact) // 2
    searches = {
        "contacts-by-first-name": "?q=ann",
        "contacts-by-both-names": "?q=anna+ack",
        "contacts-by-address": "?q=anna.ackermann1",
        "contacts-far-down": f"?after={middle}",
        "contacts-of-list": "?list=1",
        "contacts-of-small-list": "?list=12",
        "contacts-who-left": "?list=1&state=unsubscribed",
        "contacts-unconfirmed": "?state=pending",
        "contacts-paused": "?paused=yes",
        "contacts-suppressed": "?suppressed=yes",
        "contacts-rare": "?provider=apple&suppressed=yes&paused=yes&list=3",
        "contacts-by-name-on-gmail": "?q=mia&provider=google&list=2",
    }
    campaigns, palette = reverse("campaigns"), reverse("palette")
    suppressions = reverse("suppressions")
    return [
        *(Place(name, contacts + query) for name, query in searches.items()),
        *(Place(f"campaigns-{tab}", f"{campaigns}?tab={tab}") for tab in ("drafts", "scheduled", "sending", "sent")),
        Place("campaigns-found", f"{campaigns}?q=letter+77"),
        Place("palette-empty", palette),
        Place("palette-name", f"{palette}?q=ann"),
        Place("palette-nothing", f"{palette}?q=zzqq"),
        Place("suppressions-complaints", f"{suppressions}?reason=complaint"),
        Place("suppressions-address", f"{suppressions}?address=anna.ackermann1@gmail.com"),
        Place("calendar-of-the-past", f"{reverse('calendar')}?month={timezone.now() - timedelta(days=200):%Y-%m}"),
    ]


def _behind_numbers() -> list[Place]:
    sent = _newest(CampaignState.SENT)
    kinds = ("accepted", "deferred", "failed", "opened", "clicked")
    middle = estimated_rows(Contact) // 2
    waiting = reverse("campaign-people", args=[_newest(CampaignState.SENDING), "waiting"])
    someone = Contact.objects.order_by("pk").values_list("email", flat=True)[62]
    return [
        *(Place(f"people-{kind}", reverse("campaign-people", args=[sent, kind])) for kind in kinds),
        Place("people-excluded", reverse("campaign-people", args=[sent, "excluded"]) + "?reason=paused"),
        Place("people-accepted-far-down", reverse("campaign-people", args=[sent, "accepted"]) + f"?after={middle}"),
        Place("people-of-a-link", reverse("campaign-people", args=[sent, "clicked"]) + "?link=4"),
        Place("people-of-a-provider", reverse("campaign-people", args=[sent, "opened"]) + "?provider=apple"),
        Place("people-waiting", waiting),
        Place("figures-while-sending", reverse("campaign-figures", args=[_newest(CampaignState.SENDING)])),
        Place("why", reverse("campaign-why", args=[sent]) + f"?address={someone}"),
    ]


def _newest(state: CampaignState) -> int:
    """Of those sent, the one that finished last."""
    return int(Campaign.objects.filter(state=state).latest("finished_at" if state == CampaignState.SENT else "pk").pk)
