"""`manage.py rotate_credentials`: puts every stored secret under the first of SENDWELL_CREDENTIAL_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import SecretUnreadable
from accounts.services.rotation import rotate_second_factors
from deliverability.services.rotation import rotate_credentials


class Command(BaseCommand):
    help = "Encrypt all stored credentials with the first key. Afterwards the older keys may be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            credentials, factors = rotate_credentials(), rotate_second_factors()
        except SecretUnreadable as error:
            raise CommandError(
                f"{error} Keep every key that was ever used in SENDWELL_CREDENTIAL_KEYS until this command has run."
            ) from None
        self.stdout.write(
            f"{credentials} credentials and {factors} second factors are under the first key now. "
            "You can remove the older keys."
        )
