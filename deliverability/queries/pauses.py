"""Why mailings stand still that no person paused."""

from collections.abc import Collection

from deliverability.models import Mailing


def pause_reasons(mailing_ids: Collection[int]) -> dict[int, str]:
    """A sentence for each that was paused by itself."""
    paused = Mailing.objects.filter(pk__in=mailing_ids, state=Mailing.State.PAUSED).exclude(paused_because="")
    return dict(paused.values_list("id", "paused_because"))
