"""Makes the campaign that asks people for express consent, from the screen that says whose permission ends."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.services.asking_again import ask_again


class AskingForm(forms.Form):
    list = forms.IntegerField(min_value=1, max_value=2**62)
    days = forms.IntegerField(min_value=7, max_value=180)
    on_silence = forms.ChoiceField(choices=[("stay", ""), ("lapse", "")])
    only_ending = forms.BooleanField(required=False)


@require_POST
@permission_required("campaigns.edit", raise_exception=True)
def start_asking(request: HttpRequest) -> HttpResponse:
    form = AskingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a list and 7 to 180 days to answer. Nothing was made."))
        return redirect("consent")
    given, user = form.cleaned_data, cast(Any, request.user)
    campaign = ask_again(
        actor=user,
        list_id=given["list"],
        days=given["days"],
        on_silence=given["on_silence"],
        only_ending=given["only_ending"],
        time_zone=user.time_zone,
    )
    messages.success(request, _("The campaign is there as a draft. Look at its words before you send it."))
    return redirect("campaign", campaign.pk)
