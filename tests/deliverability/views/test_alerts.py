"""Alerts on their page: what lasts, who looks after it, who is told, and from which rates on."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.permission import SENDWELL
from accounts.types import Role
from deliverability.models import Alert, AlertChannel, GuardrailSetting
from deliverability.queries.alerts import ON_A_PAGE, open_alerts, past_alerts, unattended_alerts
from deliverability.queries.flow import thresholds
from deliverability.rules.guardrails import SHIPPED, Metric
from deliverability.services.alert_channels import add_channel
from deliverability.services.alerts import acknowledge, report, resolve
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import StreamFactory
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
WARNING, CRITICAL = Alert.Severity.WARNING, Alert.Severity.CRITICAL


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.OWNER))
    return client


def trouble(key: str, severity: Alert.Severity = CRITICAL) -> Alert:
    return report(key=key, severity=severity, title=f"Trouble with {key}", text="100 of 1,000 bounced.")


def text_of(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


def test_without_alerts_the_page_says_so_and_offers_one_step(owner: Client) -> None:
    text = text_of(owner, "alerts")
    assert "Nothing is wrong" in text
    assert f'href="{reverse("alerts-channels")}">Say who is told' in text


def test_what_nobody_looks_after_stands_first_and_the_critical_before_that(owner: Client) -> None:
    mild, taken, bad = trouble("mild", WARNING), trouble("taken"), trouble("bad")
    acknowledge(actor=SENDWELL, alert_id=taken.pk)
    assert open_alerts() == [bad, mild, taken]
    assert unattended_alerts() == [bad, mild]
    text = text_of(owner, "alerts")
    assert text.index("Trouble with bad") < text.index("Trouble with mild") < text.index("Trouble with taken")
    assert "Sendwell looks after it since" in text


@pytest.mark.parametrize("role", [Role.OWNER, Role.MARKETER, Role.DELIVERABILITY])
def test_whoever_sends_or_sees_to_delivery_can_take_one_on(client: Client, role: Role) -> None:
    alert = trouble("bad")
    client.force_login(UserFactory.create(role=role, first_name="Kim", last_name="Park"))
    answer = client.post(reverse("alert-acknowledge", args=[alert.pk]), follow=True)
    assert "Kim Park looks after it" in answer.content.decode()
    assert "I look after it" not in answer.content.decode()


def test_what_is_over_pages_by_moment_and_id(owner: Client) -> None:
    moment = timezone.now() - timedelta(hours=1)
    for number in range(ON_A_PAGE + 5):
        report(key=f"old {number}", severity=WARNING, title=f"Old trouble {number}.", text="", now=moment)
        resolve(key=f"old {number}")
    first = past_alerts()
    second = past_alerts(below=first.older)
    assert {alert.pk for alert in first.rows + second.rows} == set(Alert.objects.values_list("pk", flat=True))
    assert second.older is None
    text = text_of(owner, "alerts")
    older = re.search(r'href="(\?before=[^"]+)" rel="next"', text)
    assert older
    page = owner.get(reverse("alerts") + older[1].replace("&amp;", "&")).content.decode()
    assert "Old trouble 0." in page
    assert f"Old trouble {ON_A_PAGE + 4}." not in page
    assert owner.get(reverse("alerts") + "?before=2026-99-99T00:00&id=x").status_code == 200


def test_a_webhooks_secret_is_shown_once(owner: Client) -> None:
    given = {"kind": "webhook", "target": "https://ops.huila.example/hook?key=abcd", "least": "critical"}
    answer = owner.post(reverse("alerts-channels"), given)
    secret = re.search(r'data-copy="([^"]+)"', answer.content.decode())
    assert secret
    text = text_of(owner, "alerts-channels")
    assert secret[1] not in text
    assert "ops.huila.example/…abcd" in text
    assert "hook?key" not in text, "whoever knows the URL may write to it"


@pytest.mark.parametrize(
    ("kind", "target"), [("email", "https://huila.example"), ("chat", "team@huila.example"), ("webhook", "hooks")]
)
def test_what_cannot_be_reached_is_not_saved(owner: Client, kind: str, target: str) -> None:
    answer = owner.post(reverse("alerts-channels"), {"kind": kind, "target": target, "least": "warning"})
    assert "Enter a" in answer.content.decode()
    assert not AlertChannel.objects.exists()


def test_the_same_channel_twice_is_refused_in_words(owner: Client) -> None:
    given = {"kind": "email", "target": "team@huila.example", "least": "warning"}
    owner.post(reverse("alerts-channels"), given)
    assert "Alerts go there already" in owner.post(reverse("alerts-channels"), given).content.decode()


def test_a_trial_arrives_or_says_why_not(owner: Client) -> None:
    stream = StreamFactory.create(slug="transactional")
    channel, _ = add_channel(actor=SENDWELL, kind="email", target="team@huila.example")
    with SmtpServer() as server:
        stream.provider.port = server.port
        stream.provider.save()
        answer = owner.post(reverse("alerts-channel-trial", args=[channel.pk]))
    assert "The trial was taken at team@huila.example" in answer.content.decode()
    assert server.recipients == ["team@huila.example"]
    assert not Alert.objects.exists()
    chat, _ = add_channel(actor=SENDWELL, kind="chat", target="http://127.0.0.1:1/services/T0/B0/abcd")
    answer = owner.post(reverse("alerts-channel-trial", args=[chat.pk]))
    assert "The trial did not arrive at 127.0.0.1:1/…abcd" in answer.content.decode()


def test_a_channel_goes_after_a_question(owner: Client) -> None:
    channel, _ = add_channel(actor=SENDWELL, kind="email", target="team@huila.example")
    assert f'data-open="#remove-{channel.pk}"' in text_of(owner, "alerts-channels")
    answer = owner.post(reverse("alerts-channel-remove", args=[channel.pk]), follow=True)
    assert "Alerts no longer go to team@huila.example." in answer.content.decode()


def rails(**changed: str) -> dict[str, str]:
    given = {}
    for metric, rail in SHIPPED.items():
        given |= {
            f"{metric.value}-warn": f"{100 * rail.warn:g}",
            f"{metric.value}-critical": f"{100 * rail.critical:g}",
        }
        given |= {f"{metric.value}-may_stop": "on"} if rail.may_stop else {}
    return given | {name.replace("__", "-"): value for name, value in changed.items()}


def test_guardrails_are_saved_as_per_cent_and_shown_beside_the_shipped_ones(owner: Client) -> None:
    owner.post(reverse("alerts-guardrails"), rails())
    assert not GuardrailSetting.objects.exists(), "what equals the shipped ones keeps following them"
    owner.post(reverse("alerts-guardrails"), rails(complaints__warn="0.05", complaints__critical="0.2"))
    assert (thresholds()[Metric.COMPLAINTS].warn, thresholds()[Metric.COMPLAINTS].critical) == (0.0005, 0.002)
    text = text_of(owner, "alerts-guardrails")
    assert 'value="0.05"' in text
    assert "Shipped: 0.1 % and 0.3 %." in text
    assert "Gmail and Yahoo" in text


def test_guardrails_that_make_no_sense_are_refused(owner: Client) -> None:
    answer = owner.post(reverse("alerts-guardrails"), rails(bounces__warn="6")).content.decode()
    assert "must rise from the warning (6 %) to the critical one (5 %)" in answer
    assert 'value="6"' in answer, "what was typed stays"
    assert not GuardrailSetting.objects.exists()
    assert owner.post(reverse("alerts-guardrails"), {}).status_code == 200
