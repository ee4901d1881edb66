"""What each ESP asks for: its fields, where to find its key, and what proves that a webhook comes from it.

Adapters and webhooks take the values by these names; the settings show a field for each.
"""

from dataclasses import dataclass
from typing import Literal

Proof = Literal["signature", "password", "sns", "api_key", "none"]


@dataclass(frozen=True, slots=True)
class Field:
    """A value of one provider. Secret ones are kept encrypted and never shown again."""

    name: str
    label: str
    is_secret: bool = False
    is_required: bool = True
    initial: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hooks:
    """How this ESP's webhooks are proved: `fields` hold the proof, `advice` says where to set them up."""

    proof: Proof
    advice: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    slug: str
    title: str
    where: str
    fields: tuple[Field, ...]
    hooks: Hooks


def _secret(name: str, label: str, help: str = "", *, required: bool = True) -> Field:  # noqa: A002
    return Field(name, label, is_secret=True, is_required=required, help=help)


_US_EU = (("us", "United States"), ("eu", "European Union"))
_REGION = Field("region", "Region", initial="us", choices=_US_EU, help="Where your account is kept.")
_PASSWORD_HELP = "User name and password with a colon between them, such as sendwell:a-long-random-word."  # noqa: S105
_PASSWORD = _secret("hook_password", "User name and password of the webhook", _PASSWORD_HELP, required=False)


def _by_password(where: str) -> Hooks:
    advice = f"{where} Put user name and password into the address: https://user:password@…"
    return Hooks("password", advice, (_PASSWORD,))


def _by_signature(label: str, where: str) -> Hooks:
    return Hooks("signature", where, (_secret("hook_key", label, required=False),))


ESP_KINDS: tuple[Kind, ...] = (
    Kind(
        "amazon_ses",
        "Amazon SES",
        "In the AWS console under IAM, Users, Security credentials; the user needs ses:SendEmail and ses:SendRawEmail.",
        (
            Field("access_key_id", "Access key ID"),
            _secret("secret_access_key", "Secret access key"),
            Field("region", "Region", initial="eu-central-1", help="Where your identity is verified."),
            Field(
                "configuration_set",
                "Configuration set",
                is_required=False,
                help="Publishes its events to the SNS topic below.",
            ),
        ),
        Hooks(
            "sns",
            "Add an SNS destination to the configuration set, and subscribe this address to the topic by HTTPS.",
            (
                Field(
                    "hook_topic",
                    "ARN of the SNS topic",
                    is_required=False,
                    help="Only messages that Amazon signed for this topic are taken.",
                ),
                _PASSWORD,
            ),
        ),
    ),
    Kind(
        "brevo",
        "Brevo",
        "In Brevo under Settings, SMTP & API, API keys.",
        (_secret("api_key", "API key"),),
        _by_password("In Brevo under Transactional, Settings, Webhook."),
    ),
    Kind(
        "mailersend",
        "MailerSend",
        "In MailerSend under Integrations, API tokens; it needs full access to Email.",
        (_secret("api_token", "API token"),),
        _by_signature("Signing secret", "In MailerSend under Domains, Manage, Webhooks; it shows the signing secret."),
    ),
    Kind(
        "mailgun",
        "Mailgun",
        "In Mailgun under Sending, Domain settings, Sending API keys.",
        (
            _secret("api_key", "Sending key"),
            Field("sender_domain", "Sending domain", help="As Mailgun lists it, such as mg.example.org."),
            _REGION,
        ),
        _by_signature("HTTP webhook signing key", "In Mailgun under Sending, Webhooks; the key is on the same page."),
    ),
    Kind(
        "mailjet",
        "Mailjet",
        "In Mailjet under Account settings, REST API, API key management.",
        (_secret("api_key", "API key"), _secret("secret_key", "Secret key")),
        _by_password("In Mailjet under Account settings, Event notifications."),
    ),
    Kind(
        "mailtrap",
        "Mailtrap",
        "In Mailtrap under Settings, API tokens; it needs access to the sending domain.",
        (_secret("api_token", "API token"),),
        _by_signature("Signature key", "In Mailtrap under Settings, Webhooks, in JSON format."),
    ),
    Kind(
        "mandrill",
        "Mandrill (Mailchimp Transactional)",
        "In Mandrill under Settings, SMTP & API info.",
        (_secret("api_key", "API key"),),
        _by_signature("Webhook key", "In Mandrill under Settings, Webhooks; the list shows each webhook's key."),
    ),
    Kind(
        "postal",
        "Postal",
        "In your Postal server under Credentials, of type API.",
        (
            _secret("api_key", "API key"),
            Field("api_url", "Address of the server", help="Such as https://postal.example.org."),
        ),
        _by_signature(
            "Public key of the server",
            "In Postal under Webhooks. “postal default-dkim-record” prints the key: what stands behind p=.",
        ),
    ),
    Kind(
        "postmark",
        "Postmark",
        "In Postmark on the server's page under API Tokens.",
        (
            _secret("server_token", "Server API token"),
            Field(
                "message_stream",
                "Message stream",
                is_required=False,
                help="Campaigns need a broadcast stream, such as “broadcast”. Empty: the transactional one.",
            ),
        ),
        _by_password("In Postmark on the message stream's page under Webhooks."),
    ),
    Kind(
        "resend",
        "Resend",
        "In Resend under API keys; sending access is enough.",
        (_secret("api_key", "API key"),),
        _by_signature("Signing secret", "In Resend under Webhooks; the webhook's page shows a secret like whsec_…"),
    ),
    Kind(
        "scaleway",
        "Scaleway",
        "In the Scaleway console under IAM, API keys; it needs TransactionalEmailFullAccess.",
        (
            _secret("secret_key", "Secret key"),
            Field("project_id", "Project ID"),
            Field("region", "Region", initial="fr-par"),
        ),
        Hooks("none", "Scaleway's notifications are not understood yet: its bounces arrive by mail."),
    ),
    Kind(
        "sendgrid",
        "SendGrid",
        "In SendGrid under Settings, API Keys; it needs Mail Send.",
        (_secret("api_key", "API key"),),
        _by_signature(
            "Verification key",
            "In SendGrid under Settings, Mail Settings, Event Webhook, with Signed Event Webhook on.",
        ),
    ),
    Kind(
        "sparkpost",
        "SparkPost",
        "In SparkPost under Configuration, API Keys; it needs Transmissions: Read/Write.",
        (
            _secret("api_key", "API key"),
            _REGION,
            Field("subaccount", "Subaccount", is_required=False, help="Its number, if you use one."),
        ),
        _by_password("In SparkPost under Configuration, Webhooks, with Basic Auth."),
    ),
    Kind(
        "unisender_go",
        "Unisender Go",
        "In Unisender Go under Account, Security.",
        (
            _secret("api_key", "API key"),
            Field(
                "api_url",
                "Address of the API",
                help="It depends on your data center, such as https://go2.unisender.ru/en/transactional/api/v1.",
            ),
        ),
        Hooks("api_key", "In Unisender Go under Account, Webhooks. The API key above proves them."),
    ),
)
_BY_SLUG = {kind.slug: kind for kind in ESP_KINDS}


def esp_kind(slug: str) -> Kind | None:
    """None for SMTP, the sandbox and whatever is no ESP."""
    return _BY_SLUG.get(slug)


def kind_title(slug: str) -> str:
    kind = esp_kind(slug)
    return kind.title if kind else {"smtp": "SMTP server", "sandbox": "Sandbox"}.get(slug, slug)
