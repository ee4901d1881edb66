"""Which API class speaks to which ESP."""

from collections.abc import Callable, Mapping

from deliverability.providers.esp.api import Api
from deliverability.providers.esp.batched import Brevo, Mailjet, Mailtrap, Postmark, Resend
from deliverability.providers.esp.composed import MailerSend, Scaleway, SendGrid, UnisenderGo
from deliverability.providers.esp.raw import AmazonSes, Mailgun, Mandrill, Postal, SparkPost

ESP_APIS: dict[str, Callable[[Mapping[str, str], Mapping[str, str]], Api]] = {
    "amazon_ses": AmazonSes,
    "brevo": Brevo,
    "mailersend": MailerSend,
    "mailgun": Mailgun,
    "mailjet": Mailjet,
    "mailtrap": Mailtrap,
    "mandrill": Mandrill,
    "postal": Postal,
    "postmark": Postmark,
    "resend": Resend,
    "scaleway": Scaleway,
    "sendgrid": SendGrid,
    "sparkpost": SparkPost,
    "unisender_go": UnisenderGo,
}
