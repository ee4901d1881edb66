"""The records of processing activities (GDPR Art. 30), made of what is set up: to read, to print and to hand over."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deliverability.queries.processors import Role
from subscribers.queries.rights.processing import Register, register
from subscribers.views.audience.retention_words import KINDS, how_long


@require_safe
@permission_required("subscribers.privacy", raise_exception=True)
def processing(request: HttpRequest) -> HttpResponse:
    """With `?as=file` one HTML file that stands by itself."""
    found = register()
    values = {
        "register": found,
        "purposes": _purposes(found),
        "categories": _categories(found),
        "recipients": [(each, _given(each.role)) for each in found.processors],
        "retention": [(KINDS[kept.rule.kind], how_long(kept.days)) for kept in found.retention],
        "measures": _measures(found),
        "made_at": timezone.now(),
    }
    if request.GET.get("as") != "file":
        return render(request, "subscribers/audience/processing.html", values)
    response = render(request, "subscribers/audience/processing_file.html", values)
    response.headers["Content-Disposition"] = f'attachment; filename="processing-{timezone.now():%Y-%m-%d}.html"'
    return response


def _given(role: Role) -> str:
    return {
        Role.SENDS: _("Delivers mail: gets addresses and the content of each mail"),
        Role.RECEIVES: _("Holds mail that comes back until we fetch it"),
        Role.IS_TOLD: _("Is told of alerts: numbers and names of campaigns, no addresses of people"),
    }[role]


def _purposes(found: Register) -> list[tuple[str, str, str]]:
    """Purpose, whom and what it concerns here, and on what ground."""
    rows = [
        (
            _("Newsletters and other marketing mail"),
            _("Lists: %(lists)s") % {"lists": ", ".join(found.lists) or _("none yet")},
            _("Consent, or a ground that the ledger names for each person (GDPR Art. 6(1)(a) and (f))"),
        ),
        (
            _("Proof of who agreed to what"),
            _("Ledger of consent, with words, time and place"),
            _("Legal duty (GDPR Art. 7(1))"),
        ),
        (
            _("Answers to what people ask about their data"),
            _("Privacy requests"),
            _("Legal duty (GDPR Art. 12 to 21)"),
        ),
    ]
    if found.forms:
        rows.append(
            (_("Sign-up on pages of ours"), ", ".join(found.forms), _("Steps before consent (GDPR Art. 6(1)(b))"))
        )
    if found.follows_opens or found.follows_clicks:
        what = [_("opens")] * found.follows_opens + [_("clicks")] * found.follows_clicks
        rows.append(
            (
                _("Measuring what is read"),
                ", ".join(what),
                _("Consent of its own (GDPR Art. 6(1)(a), ePrivacy Art. 5(3))"),
            )
        )
    if found.activities:
        rows.append(
            (
                _("Choosing who gets what"),
                ", ".join(found.activities[:30]),
                _("Legitimate interest (GDPR Art. 6(1)(f))"),
            )
        )
    return rows


def _categories(found: Register) -> list[str]:
    rows = [
        _("Subscribers and customers: e-mail address, first and last name, language, time zone, country"),
        _("Permission: what they said, when, where, from which IP address and with which program"),
        _("Mail: what was sent, and what became of it"),
    ]
    if found.fields:
        rows.append(_("Custom fields: %(fields)s") % {"fields": ", ".join(found.fields)})
    if found.activities:
        rows.append(_("Activities: %(names)s") % {"names": ", ".join(found.activities[:30])})
    if found.has_foreign_ids:
        rows.append(_("Ids in other systems"))
    rows.append(_("Members of the team: name, e-mail address, what they did"))
    return rows


def _measures(found: Register) -> list[tuple[str, bool]]:
    """What protects people's data, and whether it holds here."""
    in_the_clear = [each.name for each in found.processors if not each.is_encrypted]
    way: Any = (
        _("Not encrypted on the way to: %(names)s") % {"names": ", ".join(in_the_clear)}
        if in_the_clear
        else _("Encrypted on the way to every provider and inbox")
    )
    return [
        (_("Pages are reached by HTTPS") if found.is_https else _("Pages are reached without HTTPS"), found.is_https),
        (way, not in_the_clear),
        (
            _("%(secured)d of %(members)d members sign in with a second factor")
            % {"secured": found.with_second_factor, "members": found.members},
            found.members > 0 and found.with_second_factor == found.members,
        ),
        (_("Passwords of providers are encrypted in the database, and never shown again"), True),
        (_("Each member has a role; only owners and the privacy role export or erase"), True),
        (_("What members change stands in an audit log"), True),
        (_("The suppression list knows people by a keyed hash after their erasure"), True),
        (
            _("The consent ledger is append-only, sealed and signed every hour")
            if found.checkpoint_at
            else _("The consent ledger is append-only and sealed; it has not been signed yet"),
            found.checkpoint_at is not None,
        ),
        (_("Old data is deleted every night by the rules above"), True),
    ]
