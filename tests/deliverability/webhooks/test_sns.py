"""Amazon's signature on SNS messages, with a certificate of our own in Amazon's place."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from deliverability.webhooks import Hook, Secrets, Unproved, confirm_subscription, prove, sns

TOPIC = "arn:aws:sns:eu-central-1:123456789012:events"
MESSAGE = {
    "Type": "Notification",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "TopicArn": TOPIC,
    "Message": "{}",
    "Timestamp": "2026-11-24T12:00:00.000Z",
    "SignatureVersion": "2",
    "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService.pem",
}


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def signed(key: rsa.RSAPrivateKey, **changes: str) -> dict[str, Any]:
    message = {**MESSAGE, **changes}
    names = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")
    text = "".join(f"{name}\n{message[name]}\n" for name in names)
    kind = hashes.SHA256() if message["SignatureVersion"] == "2" else hashes.SHA1()
    return message | {"Signature": b64encode(key.sign(text.encode(), padding.PKCS1v15(), kind)).decode()}


def hook_of(message: dict[str, Any]) -> Hook:
    headers = {"X-Amz-Sns-Message-Type": message["Type"], "X-Amz-Sns-Message-Id": message["MessageId"]}
    return Hook("text/plain", headers, json.dumps(message).encode())


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_message_is_taken(
    key: rsa.RSAPrivateKey, certificate: bytes, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sns, "_certificate", lambda url: certificate)
    prove("amazon_ses", hook_of(signed(key, SignatureVersion=version)), Secrets(topic=TOPIC))


@pytest.mark.parametrize("changes", [{"Message": '{"changed": true}'}, {"MessageId": "another"}, {"Signature": "AAAA"}])
def test_a_changed_message_is_refused(
    key: rsa.RSAPrivateKey, certificate: bytes, changes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sns, "_certificate", lambda url: certificate)
    with pytest.raises(Unproved, match="signature is wrong"):
        prove("amazon_ses", hook_of(signed(key) | changes), Secrets(topic=TOPIC))


def test_anybodys_own_topic_is_refused_though_amazon_signs_it(key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(Unproved, match="another SNS topic"):
        prove("amazon_ses", hook_of(signed(key, TopicArn=f"{TOPIC}-of-mallory")), Secrets(topic=TOPIC))


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com.mallory.example/a.pem",
        "https://mallory.example/sns.eu-central-1.amazonaws.com/a.pem",
        "https://evil@mallory.example/a.pem",
        "",
    ],
)
def test_certificates_come_from_amazon_alone(key: rsa.RSAPrivateKey, url: str) -> None:
    message = signed(key, SigningCertURL=url)
    with pytest.raises(Unproved, match="not Amazon's"):
        prove("amazon_ses", hook_of(message), Secrets(topic=TOPIC))
    with pytest.raises(Unproved, match="not Amazon's"):
        confirm_subscription(hook_of({**message, "Type": "SubscriptionConfirmation", "SubscribeURL": url}))


def test_a_notification_confirms_no_subscription(key: rsa.RSAPrivateKey) -> None:
    assert confirm_subscription(hook_of(signed(key))) is False
