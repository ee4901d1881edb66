"""Keeps the team's own thresholds."""

from collections.abc import Mapping

from django.db import transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import GuardrailRefused
from deliverability.models import GuardrailSetting
from deliverability.rules.guardrails import SHIPPED, Metric


@transaction.atomic
def save_guardrails(*, actor: Actor, own: Mapping[Metric, tuple[float, float, bool]]) -> None:
    """Replace all thresholds by (warn, critical, may stop); what equals the shipped ones keeps following those.

    Raises GuardrailRefused, PermissionRefused.
    """
    require(actor, "deliverability.manage")
    for metric, (warn, critical, _) in own.items():
        if not 0 < warn < critical <= 1:
            raise GuardrailRefused(
                f"The limits for {metric.value} must rise from the warning ({100 * warn:g} %) to the critical one "
                f"({100 * critical:g} %) and lie between 0 and 100 %. Nothing was changed."
            )
    rows = [
        GuardrailSetting(metric=metric.value, warn=warn, critical=critical, may_stop=may_stop)
        for metric, (warn, critical, may_stop) in own.items()
        if (warn, critical, may_stop) != (SHIPPED[metric].warn, SHIPPED[metric].critical, SHIPPED[metric].may_stop)
    ]
    GuardrailSetting.objects.all().delete()
    GuardrailSetting.objects.bulk_create(rows)
    words = "; ".join(f"{row.metric} {100 * row.warn:g} % and {100 * row.critical:g} %" for row in rows)
    record(actor=actor, text=f"Set the guardrails: {words or 'the shipped ones'}.")
