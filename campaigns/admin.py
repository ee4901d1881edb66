"""Campaigns under /ops/: drafts are a form, everything later is a report with the buttons that fit its state."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from accounts.errors import AccountError
from accounts.rules.clocks import day_and_clock
from campaigns.errors import CampaignError, TestRefused
from campaigns.models import Campaign
from campaigns.queries.report import CampaignReport, campaign_report
from campaigns.rules.lifecycle import Action, possible_actions
from campaigns.rules.moments import moment_of, zone_of
from campaigns.rules.words import BECAUSE, people
from campaigns.services.control import cancel, pause, resume
from campaigns.services.copy import copy
from campaigns.services.edit import EDITABLE, edit
from campaigns.services.review import review
from campaigns.services.schedule import schedule, unschedule
from campaigns.services.send_test import send_test
from campaigns.types import CampaignState
from subscribers.queries.people import contact_id_of
from templates_app.errors import TemplateError

# Generic for the type checker only: Django's classes take no parameters when they run.
if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Campaign]
    Form = forms.ModelForm[Campaign]
else:
    Admin, Form = admin.ModelAdmin, forms.ModelForm

# Lists of ids, and what caps do with them, are chosen on the campaign's own page.
_ON_ITS_PAGE = ("more_lists", "segments", "without_lists", "without_segments", "priority")
FIELDS = tuple(field for field in EDITABLE if field not in _ON_ITS_PAGE)
BUTTONS = {
    Action.REVIEW: "Review",
    Action.SCHEDULE: "Schedule",
    Action.UNSCHEDULE: "Undo (unschedule)",
    Action.EDIT: "Back to draft",
    Action.PAUSE: "Pause",
    Action.RESUME: "Resume",
    Action.CANCEL: "Cancel for good",
}


class CampaignForm(Form):
    """`send_at` is typed and shown as the clocks of `time_zone` have it."""

    class Meta:
        model = Campaign
        fields = FIELDS
        help_texts = {
            "send_at": "As clocks in the time zone below show it. Empty: as soon as the undo window has passed.",
            "time_zone": "IANA name, such as Europe/Berlin.",
            "undo_seconds": "So long after scheduling nothing leaves, and it can be undone.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = zone_of(self.instance.time_zone)
        if self.instance.send_at and zone:
            self.initial["send_at"] = self.instance.send_at.astimezone(zone).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        zone = zone_of(cleaned.get("time_zone", ""))
        if zone is None:
            self.add_error("time_zone", "There is no such time zone. Use an IANA name such as Europe/Berlin.")
        elif typed := cleaned.get("send_at"):
            cleaned["send_at"] = moment_of(typed.replace(tzinfo=None), zone)
            if cleaned["send_at"] is None:
                self.add_error("send_at", "Clocks there skip this time. Choose an hour later.")
        return cleaned


@admin.register(Campaign)
class CampaignAdmin(Admin):
    form = CampaignForm
    fields = FIELDS
    list_display = ("name", "state", "mailing_list", "start", "progress")
    list_filter = ("state", "mailing_list")
    list_select_related = ("mailing_list",)
    list_per_page = 25
    ordering = ("-id",)
    search_fields = ("name", "subject")

    @admin.display(description="Start", ordering="starts_at")
    def start(self, campaign: Campaign) -> str:
        return day_and_clock(campaign.starts_at, campaign.time_zone) if campaign.starts_at else "–"

    @admin.display(description="Progress")
    def progress(self, campaign: Campaign) -> str:
        if campaign.mailing_id is None:
            return "–"
        report = campaign_report(campaign.pk)
        return f"{report.done:,} of {people(report.audience or 0)}"

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        is_editable = obj is None or obj.state == CampaignState.DRAFT
        return is_editable and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        step = path(
            "<int:campaign_id>/step/<str:action>/",
            self.admin_site.admin_view(self.step),
            name="campaigns_campaign_step",
        )
        return [step, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            edit(campaign_id=obj.pk, changes=changes, actor=request.user)
        else:
            super().save_model(request, obj, form, change)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        context = {**(extra_context or {}), **(self._panel(int(object_id)) if object_id else {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except (CampaignError, AccountError) as error:
            # Somebody else took a step while this form was open.
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def step(self, request: HttpRequest, campaign_id: int, action: str) -> HttpResponse:
        """One button of the panel."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not super().has_change_permission(request):
            raise PermissionDenied
        try:
            text, level = _STEPS[action](request, campaign_id)
        except (CampaignError, AccountError, TemplateError) as error:
            text, level = str(error), messages.ERROR
        self.message_user(request, text, level)
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[campaign_id]))

    def _panel(self, campaign_id: int) -> dict[str, Any]:
        campaign = Campaign.objects.filter(pk=campaign_id).first()
        if campaign is None:
            return {}
        report = campaign_report(campaign_id)
        return {
            "campaign": campaign,
            "starts": day_and_clock(campaign.starts_at, campaign.time_zone) if campaign.starts_at else "",
            "buttons": [(action, BUTTONS[action]) for action in _buttons(CampaignState(campaign.state))],
            **_tables(report),
            "activities": campaign.activities.order_by("-id")[:20],
        }


def _buttons(state: CampaignState) -> list[Action]:
    hidden = {Action.EDIT} if state == CampaignState.DRAFT else set()
    return [action for action in possible_actions(state) if action in BUTTONS and action not in hidden]


def _tables(report: CampaignReport) -> dict[str, Any]:
    progress, kinds = report.progress, sorted(report.progress.counts)
    by_provider = {"all": progress.counts, **progress.by_mailbox_provider}
    return {
        "headline": f"{report.done:,} of {people(report.audience or 0)} done, {progress.waiting:,} waiting, "
        f"{progress.in_flight:,} on the way",
        "kinds": [kind.name.lower() for kind in kinds],
        "rows": [(name, [f"{counts.get(kind, 0):,}" for kind in kinds]) for name, counts in by_provider.items()],
        "exclusions": [(f"{count:,}", BECAUSE[reason]) for reason, count in report.excluded.items()],
    }


def _review(request: HttpRequest, campaign_id: int) -> tuple[str, int]:
    found = review(campaign_id=campaign_id, actor=request.user)
    if not found.is_ready:
        return "Must fix: " + " ".join(str(problem) for problem in found.must_fix), messages.ERROR
    advice = "".join(f" Worth a look: {problem}" for problem in found.worth_a_look)
    reasons = "".join(f" {count:,} left out: {BECAUSE[reason]}." for reason, count in found.counts.excluded.items())
    return f"{people(found.counts.included)} would get it.{reasons}{advice}", messages.SUCCESS


def _schedule(request: HttpRequest, campaign_id: int) -> tuple[str, int]:
    campaign = Campaign.objects.get(pk=campaign_id)
    campaign = schedule(
        campaign_id=campaign_id, actor=request.user, send_at=campaign.send_at, time_zone=campaign.time_zone
    )
    starts = day_and_clock(campaign.starts_at, campaign.time_zone) if campaign.starts_at else ""
    return f"Starts {starts}. Nothing leaves before that; “Undo” takes it back.", messages.SUCCESS


def _send_test(request: HttpRequest, campaign_id: int) -> tuple[str, int]:
    address, sample = request.POST.get("address", ""), request.POST.get("sample", "").strip()
    sample_contact_id = contact_id_of(sample) if sample else None
    if sample and sample_contact_id is None:
        raise TestRefused(f"No contact has the address {sample}, so no test was sent. Leave it empty for made-up data.")
    send_test(campaign_id=campaign_id, address=address, actor=request.user, sample_contact_id=sample_contact_id)
    return f"A test is on its way to {address}. It does not count, and its links speak of nobody.", messages.SUCCESS


def _control(service: Callable[..., Campaign], text: str) -> Callable[[HttpRequest, int], tuple[str, int]]:
    def step(request: HttpRequest, campaign_id: int) -> tuple[str, int]:
        service(campaign_id=campaign_id, actor=request.user)
        return text, messages.SUCCESS

    return step


def _back_to_draft(request: HttpRequest, campaign_id: int) -> tuple[str, int]:
    edit(campaign_id=campaign_id, changes={}, actor=request.user)
    return "It is a draft again; review it once you have changed it.", messages.SUCCESS


def _copy(request: HttpRequest, campaign_id: int) -> tuple[str, int]:
    draft = copy(campaign_id=campaign_id, actor=request.user)
    return f"“{draft.name}” stands in the list as a draft.", messages.SUCCESS


_STEPS: dict[str, Callable[[HttpRequest, int], tuple[str, int]]] = {
    Action.REVIEW: _review,
    Action.SCHEDULE: _schedule,
    Action.UNSCHEDULE: _control(unschedule, "Unscheduled: nothing was sent."),
    Action.EDIT: _back_to_draft,
    Action.PAUSE: _control(pause, "Paused. What was on the wire still arrives; nothing new leaves."),
    Action.RESUME: _control(resume, "Resumed. Nobody gets a second copy."),
    Action.CANCEL: _control(cancel, "Cancelled. Whoever had not been sent to yet gets nothing."),
    "test": _send_test,
    "copy": _copy,
}
