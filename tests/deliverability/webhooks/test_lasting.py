"""Each ESP's own words for a dead mailbox, after its documentation, beside those that only sound like it."""

from typing import Any

import pytest

from deliverability.webhooks.lasting import is_lasting


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("amazon_ses", {"bounce": {"bounceType": "Permanent", "bounceSubType": "General"}}, True),
        ("amazon_ses", {"bounce": {"bounceType": "Permanent", "bounceSubType": "MessageTooLarge"}}, False),
        ("amazon_ses", {"bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull"}}, False),
        ("brevo", {"event": "hard_bounce"}, True),
        ("brevo", {"event": "soft_bounce"}, False),
        ("brevo", {"event": "blocked"}, False),
        ("mailersend", {"type": "activity.hard_bounced"}, True),
        ("mailersend", {"type": "activity.soft_bounced"}, False),
        ("mailgun", {"event-data": {"event": "failed", "severity": "permanent", "reason": "bounce"}}, True),
        (
            "mailgun",
            {"event-data": {"event": "failed", "severity": "permanent", "reason": "suppress-complaint"}},
            False,
        ),
        ("mailgun", {"event-data": {"event": "failed", "severity": "temporary", "reason": "bounce"}}, False),
        ("mailjet", {"event": "bounce", "hard_bounce": True}, True),
        ("mailjet", {"event": "bounce", "hard_bounce": False}, False),
        ("mailtrap", {"event": "bounce"}, True),
        ("mailtrap", {"event": "soft bounce"}, False),
        ("mandrill", {"event": "hard_bounce", "msg": {"bounce_description": "bad_mailbox"}}, True),
        ("mandrill", {"event": "soft_bounce", "msg": {"bounce_description": "mailbox_full"}}, False),
        ("mandrill", {"event": "reject", "reject": {"reason": "hard-bounce"}}, True),
        ("postal", {"event": "MessageDeliveryFailed", "payload": {"status": "HardFail"}}, True),
        ("postal", {"event": "MessageDelayed", "payload": {"status": "SoftFail"}}, False),
        ("postmark", {"Type": "HardBounce"}, True),
        ("postmark", {"Type": "SpamNotification"}, False),
        ("resend", {"type": "email.bounced", "data": {"bounce": {"type": "Permanent"}}}, True),
        ("resend", {"type": "email.bounced", "data": {"bounce": {"type": "Transient"}}}, False),
        ("sendgrid", {"event": "bounce", "type": "bounce"}, True),
        ("sendgrid", {"event": "bounce", "type": "blocked"}, False),
        ("sendgrid", {"event": "dropped", "reason": "Bounced Address"}, True),
        ("sendgrid", {"event": "dropped", "reason": "Spam Reporting Address"}, False),
        ("sparkpost", {"msys": {"message_event": {"type": "bounce", "bounce_class": "10"}}}, True),
        ("sparkpost", {"msys": {"message_event": {"type": "bounce", "bounce_class": "51"}}}, False),
        ("unisender_go", {"status": "hard_bounced", "delivery_info": {"delivery_status": "err_user_unknown"}}, True),
        ("unisender_go", {"status": "hard_bounced", "delivery_info": {"delivery_status": "err_spam_rejected"}}, False),
        ("scaleway", {"anything": 1}, False),
        ("resend", "not what was promised", False),
    ],
)
def test_only_a_dead_mailbox_is_lasting(kind: str, raw: Any, expected: bool) -> None:
    assert is_lasting(kind, raw) is expected
