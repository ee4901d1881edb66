"""Forgets an erased person in what campaigns keep; numbers of people stay as they were."""

from datetime import datetime

from django.db import connection

from accounts.services.redaction import redact
from campaigns.models import Campaign, CampaignActivity, TestSend

_SPOKEN = ((Campaign, ("held_because",)), (CampaignActivity, ("text",)))
# A number by lot that no contact has, so that as many were left out as before.
_EXCLUSIONS = f"""
UPDATE campaigns_exclusion
SET contact_ids = array_replace(contact_ids, %(contact)s::bigint, ({1 << 46} + floor(random() * {1 << 46}))::bigint)
WHERE contact_ids @> ARRAY[%(contact)s::bigint]
"""  # noqa: S608  only constants


def old_tests(before: datetime) -> int:
    return TestSend.objects.filter(requested_at__lt=before).count()


def forget_tests(before: datetime) -> int:
    """Test mails name the addresses they went to. Returns how many went."""
    return TestSend.objects.filter(requested_at__lt=before).delete()[0]


def forget_person(*, contact_id: int, address: str) -> None:
    """The port of `subscribers.services.rights.elsewhere`. Joins the open transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_EXCLUSIONS, {"contact": contact_id})
    TestSend.objects.filter(address__iexact=address).update(address="")
    TestSend.objects.filter(sample_contact_id=contact_id).update(sample_contact_id=None)
    redact(_SPOKEN, address)
