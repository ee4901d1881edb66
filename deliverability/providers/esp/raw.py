"""The APIs that take a finished mail: our headers, encoding and Message-ID leave as they are. One mail a call."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from deliverability.providers.esp.content import metadata, token_of, with_headers
from deliverability.providers.esp.exchange import Call
from deliverability.providers.esp.sigv4 import signed_headers
from deliverability.providers.esp.verdicts import Verdict, accepted, failure, general, refusal
from deliverability.types import OutgoingMessage, Reply

_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class RawApi:
    """What these APIs share: one mail a call, a JSON answer, and one reply made of it."""

    title = ""
    most = 1

    def __init__(self, options: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self.options, self.secrets = options, secrets

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        verdict = general(response, self.title)
        if verdict is not None:
            return verdict
        if not 200 <= response.status_code < 300:
            return failure(response, self.title, mails)
        try:
            return [self.reply(response.json(), mails[0])]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            # It said yes in a way that we do not understand: sending again would be a second copy.
            return [Reply(250, f"{self.title} took it, in words of its own ({error!r})", "2.0.0")]

    def reply(self, answer: Any, mail: OutgoingMessage) -> Reply:
        raise NotImplementedError


class AmazonSes(RawApi):
    """https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html"""

    title = "Amazon SES"

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        (mail,) = mails
        region = self.options.get("region") or "us-east-1"
        base = self.options.get("api_url") or f"https://email.{region}.amazonaws.com"
        content: dict[str, Any] = {
            "Destination": {"ToAddresses": [mail.address]},
            "Content": {"Raw": {"Data": b64encode(mail.data).decode()}},
            "EmailTags": [{"Name": name, "Value": value} for name, value in metadata(mail).items()],
        }
        if self.options.get("configuration_set"):
            content["ConfigurationSetName"] = self.options["configuration_set"]
        url, body = f"{base.rstrip('/')}/v2/email/outbound-emails", json.dumps(content).encode()
        key_id, secret = self.options["access_key_id"], self.secrets["secret_access_key"]
        headers = signed_headers(url=url, body=body, region=region, service="ses", key_id=key_id, secret=secret)
        return Call(url, body, headers)

    def reply(self, answer: Any, mail: OutgoingMessage) -> Reply:
        return accepted(self.title, answer["MessageId"])


class Mailgun(RawApi):
    """https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages"""

    title = "Mailgun"

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        (mail,) = mails
        host = "api.eu.mailgun.net" if self.options.get("region") == "eu" else "api.mailgun.net"
        base = (self.options.get("api_url") or f"https://{host}/v3").rstrip("/")
        data = {"to": mail.address, "o:tracking": "no"} | {f"v:{name}": value for name, value in metadata(mail).items()}
        return Call(
            f"{base}/{quote(self.options['sender_domain'], safe='')}/messages.mime",
            data,
            files={"message": ("message.eml", mail.data, "message/rfc822")},
            auth=("api", self.secrets["api_key"]),
        )

    def reply(self, answer: Any, mail: OutgoingMessage) -> Reply:
        return accepted(self.title, answer["id"])


class Postal(RawApi):
    """https://docs.postalserver.io/developer/api — errors come with status 200."""

    title = "Postal"

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        (mail,) = mails
        content = {"mail_from": mail.mail_from, "rcpt_to": [mail.address], "data": b64encode(mail.data).decode()}
        url = f"{self.options['api_url'].rstrip('/')}/api/v1/send/raw"
        return Call(url, json.dumps(content), _JSON | {"X-Server-API-Key": self.secrets["api_key"]})

    def reply(self, answer: Any, mail: OutgoingMessage) -> Reply:
        data = answer["data"]
        if answer["status"] != "success":
            words = f"{data.get('code', answer['status'])} {data.get('message', '')}".strip()
            if "APIKey" in words:
                return Reply(535, f"{self.title}: {words}", "5.7.8")
            return refusal(self.title, words, mail)
        (message,) = data["messages"].values()
        return accepted(self.title, message["id"])


class SparkPost(RawApi):
    """https://developers.sparkpost.com/api/transmissions/"""

    title = "SparkPost"

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        (mail,) = mails
        host = "api.eu.sparkpost.com" if self.options.get("region") == "eu" else "api.sparkpost.com"
        base = (self.options.get("api_url") or f"https://{host}/api/v1").rstrip("/")
        content = {
            # Our text is finished: braces in it are not theirs to fill in.
            "options": {"open_tracking": False, "click_tracking": False, "perform_substitutions": False},
            "recipients": [{"address": {"email": mail.address}, "metadata": metadata(mail)}],
            "content": {"email_rfc822": mail.data.decode("utf-8", "surrogateescape")},
        }
        headers = _JSON | {"Authorization": self.secrets["api_key"]}
        if self.options.get("subaccount"):
            headers["X-MSYS-SUBACCOUNT"] = self.options["subaccount"]
        return Call(f"{base}/transmissions", json.dumps(content), headers)

    def reply(self, answer: Any, mail: OutgoingMessage) -> Reply:
        results = answer["results"]
        if results["total_accepted_recipients"]:
            return accepted(self.title, results["id"])
        # Refused with a success: the address stands on the account's suppression list.
        return Reply(550, f"{self.title}: the recipient was rejected", "5.7.1")


class Mandrill(RawApi):
    """https://mailchimp.com/developer/transactional/api/messages/send-mime-document/"""

    title = "Mandrill"

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        (mail,) = mails
        headers = {"X-MC-Track": "none"}
        if token_of(mail):
            headers["X-MC-Metadata"] = json.dumps(metadata(mail))
        content = {
            "key": self.secrets["api_key"],
            "raw_message": with_headers(mail, headers).decode("utf-8", "surrogateescape"),
            "to": [mail.address],
            "async": False,
        }
        base = (self.options.get("api_url") or "https://mandrillapp.com/api/1.0").rstrip("/")
        return Call(f"{base}/messages/send-raw.json", json.dumps(content), _JSON)

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        # A wrong key is a 500 there, like any other error.
        if response.status_code == 500 and "Invalid_Key" in response.text:
            response.status_code = 401
        return super().read(response, mails)

    def reply(self, answer: Any, mail: OutgoingMessage) -> Reply:
        (result,) = answer
        if result["status"] in ("sent", "queued", "scheduled"):
            return accepted(self.title, result["_id"])
        reason = str(result.get("reject_reason") or result["status"])
        if result["status"] == "invalid":
            return Reply(550, f"{self.title}: the address is invalid", "5.1.3")
        if reason in ("unsigned", "invalid-sender", "test-mode-limit"):
            return Reply(530, f"{self.title}: {reason}", "5.7.0")
        return Reply(550, f"{self.title}: rejected, {reason}", "5.7.1")
