"""ESPs through their HTTP APIs, with django-anymail's payloads where they take no finished mail."""

from deliverability.providers.esp.kinds import ESP_APIS
from deliverability.providers.esp.session import EspSession

__all__ = ["ESP_APIS", "EspSession"]
