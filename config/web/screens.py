"""The screens of the web admin by name, for pictures and for tests that look at every one of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.types import CampaignState
from deliverability.models import Event, InboundMail, Provider, Stream, WarmupPlan, Webhook
from deliverability.queries.way_counts import ways_lately
from deliverability.types import EventKind
from subscribers.models import (
    Contact,
    CustomField,
    DuplicatePair,
    ImportRun,
    MailingList,
    PrivacyRequest,
    Segment,
    SignUpForm,
    SunsetStanding,
)
from templates_app.models import Template

Arguments = Callable[[], tuple[object, ...] | None]


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture. `place` is the URL's name; `arguments` finds what it shows, None where there is nothing to show.

    `press` names what to click first, such as the button that opens a drawer; `query` follows the path. `phone_first`
    is clicked before that on phones, where a tab may hide it.
    """

    name: str
    place: str
    arguments: Arguments = tuple
    query: str = ""
    press: str = ""
    phone_first: str = ""

    def path(self) -> str | None:
        """None while there is no such page, or nothing to show on it. Raises NoReverseMatch for the former."""
        arguments = self.arguments()
        return None if arguments is None else reverse(self.place, args=arguments) + self.query


def newest(model: type[Model], **having: object) -> Arguments:
    """The id of the newest row that fits."""

    def find() -> tuple[object, ...] | None:
        key = model._default_manager.filter(**having).order_by("-pk").values_list("pk", flat=True).first()
        return None if key is None else (key,)

    return find


def latest_clicker() -> tuple[object, ...] | None:
    """Somebody with a history to look at."""
    clicks = Event.objects.filter(kind=EventKind.CLICKED, recipient_id__in=Contact.objects.values("pk"))
    key = clicks.order_by("-id").values_list("recipient_id", flat=True).first()
    return None if key is None else (key,)


def alike() -> tuple[object, ...] | None:
    """Two contacts who may be one person."""
    return DuplicatePair.objects.values_list("first", "second").first()


def richest_segment() -> tuple[object, ...] | None:
    """The one with the longest rules, for the builder to show what it can."""
    found = [(len(str(rules)), key) for key, rules in Segment.objects.values_list("pk", "rules")]
    return (max(found)[1],) if found else None


def busiest_way() -> tuple[object, ...] | None:
    """The way out and mailbox provider that took most in the last day; one that exists where none did."""
    lately = ways_lately(timezone.now())
    if lately:
        way = max(lately, key=lambda each: lately[each].accepted)
        return way.provider_id, way.mailbox_provider
    key = Provider.objects.order_by("pk").values_list("pk", flat=True).first()
    return None if key is None else (key, "google")


def fading_people() -> tuple[object, ...] | None:
    """A list and a step of the sunset policy to which somebody has come."""
    return SunsetStanding.objects.order_by("-pk").values_list("mailing_list_id", "step").first()


def some_form_in_german() -> tuple[object, ...] | None:
    key = SignUpForm.objects.exclude(locale="de").order_by("-pk").values_list("pk", flat=True).first()
    return None if key is None else (key, "de")


# A review, which one of the pictures needs, changes the state.
UNSENT = (CampaignState.DRAFT, CampaignState.REVIEWED)

SCREENS = (
    Screen("home", "home"),
    Screen("components", "style-page"),
    Screen("components-drawer", "style-page", press="text=Open a drawer"),
    Screen("components-confirm", "style-page", press="text=Cancel sending…"),
    Screen("palette", "home", press=".topbar .search"),
    Screen("campaigns", "campaigns"),
    Screen("campaign-draft", "campaign", newest(Campaign, state__in=UNSENT)),
    Screen("campaign-new", "campaign-new"),
    Screen("campaign-review", "campaign", newest(Campaign, state__in=UNSENT), press="text=Review and send"),
    Screen("campaign-test", "campaign", newest(Campaign, state__in=UNSENT), press="text=Send test"),
    Screen("campaign-scheduled", "campaign", newest(Campaign, state=CampaignState.SCHEDULED)),
    Screen("campaign-move", "campaign", newest(Campaign, state=CampaignState.SCHEDULED), press="text=Move…"),
    Screen("campaign-sending", "campaign", newest(Campaign, state=CampaignState.SENDING)),
    Screen("campaign-sent", "campaign", newest(Campaign, state=CampaignState.SENT)),
    Screen("calendar", "calendar"),
    Screen("contacts", "contacts"),
    Screen("contacts-filtered", "contacts", query="?provider=google&suppressed=yes"),
    Screen("contacts-columns", "contacts", press="[data-open='#columns']"),
    Screen("contact-new", "contact-new"),
    Screen("contact", "contact", latest_clicker),
    Screen("contact-suppress", "contact", latest_clicker, press="[data-open='#suppress']"),
    Screen("contact-edit", "contact-edit", latest_clicker),
    Screen("contact-certificate", "contact-certificate", latest_clicker),
    Screen("lists", "lists"),
    Screen("list-new", "list-new"),
    Screen("list", "list", newest(MailingList)),
    Screen("consent", "consent"),
    Screen("consent-ending", "consent-ending", newest(MailingList)),
    Screen("forms", "forms"),
    Screen("form-new", "form-new"),
    Screen("form", "form", newest(SignUpForm)),
    Screen("form-language", "form-language", some_form_in_german),
    Screen("health", "list-health"),
    Screen("health-list", "list-health-one", newest(MailingList)),
    Screen("health-people", "list-health-people", lambda: (0, "unsubscribed")),
    Screen("sunset", "sunset"),
    Screen("sunset-people", "sunset-people", fading_people),
    Screen("segments", "segments"),
    Screen("segment", "segment", richest_segment),
    Screen("segment-new", "segment-new"),
    Screen("segment-edit", "segment-edit", richest_segment),
    Screen("segment-compare", "segment", richest_segment, press="[action$=compare] button"),
    Screen("segment-people", "segment", richest_segment, press="a.big"),
    Screen("privacy-requests", "privacy-requests"),
    Screen("privacy-requests-answered", "privacy-requests", query="?show=answered"),
    Screen("privacy-request-new", "privacy-request-new"),
    Screen("privacy-request", "privacy-request", newest(PrivacyRequest, state="open")),
    Screen(
        "privacy-request-fulfil", "privacy-request", newest(PrivacyRequest, state="open"), press="[data-open='#fulfil']"
    ),
    Screen("settings-retention", "settings-retention"),
    Screen("settings-processing", "settings-processing"),
    Screen("suppressions", "suppressions"),
    Screen("suppressions-over", "suppressions", query="?state=all"),
    Screen("suppressions-new", "suppressions-new"),
    Screen("suppressions-import", "suppressions-import"),
    Screen("suppressions-policy", "suppressions-policy"),
    Screen("imports", "imports"),
    Screen("import-new", "import-new"),
    Screen("import-setup", "import", newest(ImportRun, state=ImportRun.State.DRAFT)),
    Screen("import-review", "import-review", newest(ImportRun, held__gt=0)),
    Screen("import-undo", "import-undo", newest(ImportRun, state=ImportRun.State.FINISHED)),
    Screen("import-finished", "import", newest(ImportRun, state=ImportRun.State.FINISHED)),
    Screen("templates", "templates"),
    Screen("template-new", "template-new"),
    Screen("template-rename", "templates", press="[aria-label^=Rename]"),
    Screen("template", "template", newest(Template)),
    Screen("template-dark-mail", "template", newest(Template), press="#dark", phone_first="[data-tab-choice=preview]"),
    Screen("template-people", "template", newest(Template), press="#person", phone_first="[data-tab-choice=preview]"),
    Screen("template-versions", "template", newest(Template), press="[aria-label=Versions]"),
    Screen("template-test", "template", newest(Template), press="[aria-label='Send test']"),
    Screen("deliverability", "deliverability"),
    Screen("deliverability-lane", "deliverability-lane", busiest_way),
    Screen("bounces", "bounces"),
    Screen("bounces-filtered", "bounces", query="?provider=google&kind=deferred"),
    Screen("replies", "replies"),
    Screen("replies-all", "replies", query="?show=all"),
    Screen("inbound", "inbound"),
    Screen("inbound-mail", "inbound-mail", newest(InboundMail)),
    Screen("inbound-webhooks", "inbound-webhooks"),
    Screen("inbound-webhook", "inbound-webhook", newest(Webhook)),
    Screen("alerts", "alerts"),
    Screen("alerts-channels", "alerts-channels"),
    Screen("alerts-guardrails", "alerts-guardrails"),
    Screen("warmups", "warmups"),
    Screen("warmup", "warmup", newest(WarmupPlan)),
    Screen("warmup-pause", "warmup", newest(WarmupPlan), press="[data-open='#pause']"),
    Screen("warmup-new", "warmup-new"),
    Screen("settings-profile", "settings-profile"),
    Screen("settings-second-factor", "mfa_index"),
    Screen("settings-sessions", "usersessions_list"),
    Screen("settings-team", "settings-team"),
    Screen("settings-team-new", "settings-team-new"),
    Screen("settings-provider-new", "settings-providers-new"),
    Screen("settings-provider-esp", "settings-providers-new", query="?kind=amazon_ses"),
    Screen("settings-organisation", "settings-organisation"),
    Screen("settings-providers", "settings-providers"),
    Screen("settings-streams", "settings-streams"),
    Screen("settings-stream", "settings-streams-one", newest(Stream)),
    Screen("duplicates", "duplicates"),
    Screen("contacts-compare", "contacts-compare", alike),
    Screen("settings-lifecycle", "settings-lifecycle"),
    Screen("settings-fields", "settings-fields"),
    Screen("settings-field", "settings-field", newest(CustomField)),
    Screen("settings-frequency", "settings-frequency"),
    Screen("settings-permission", "settings-permission"),
    Screen("settings-permission-country", "settings-permission-country", lambda: ("DE",)),
    Screen("settings-inboxes", "settings-inboxes"),
    Screen("settings-inboxes-new", "settings-inboxes-new"),
    Screen("settings-audit", "settings-audit"),
    Screen("setup-trial", "setup-trial"),
)
