"""The team and the organisation that sends."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from accounts.types import Role


class UserAccounts(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **{"role": Role.OWNER, **fields})


class User(AbstractUser):
    """A member of the team, who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    role = models.CharField(
        max_length=20, choices=[(role.value, role.value.title()) for role in Role], default=Role.ANALYST
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserAccounts] = UserAccounts()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Organisation(models.Model):
    """The sender as the law wants it named: its identity and postal address stand in every marketing mail."""

    name = models.CharField(max_length=200)
    postal_address = models.TextField(help_text="Street, town and country: CAN-SPAM and CASL require it in every mail.")
    website = models.URLField(blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    brand_color = models.CharField(max_length=7, default="#84316b")
    # A file of the default storage that is named after its content, so that it may be cached for ever.
    logo = models.CharField(max_length=100, blank=True)
    approval_above = models.PositiveIntegerField(
        null=True, blank=True, help_text="Campaigns to more people need a second person; empty: none does."
    )

    def __str__(self) -> str:
        return self.name

    @property
    def logo_name(self) -> str:
        """As the URL `logo` wants it; empty without one."""
        return self.logo.removeprefix("logos/")


class Invitation(models.Model):
    """A way into the team for one address, gone once it is used or taken back. Only the token's hash is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=[(role.value, role.value.title()) for role in Role])
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=200)
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="invitation_email_once")]

    def __str__(self) -> str:
        return self.email


class AuditEntry(models.Model):
    """Who changed what about the team, the organisation or sending, when, and from which address. Never edited."""

    happened_at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    text = models.CharField(max_length=500)
    # Empty: it was done on the server itself.
    ip_address = models.GenericIPAddressField(null=True)

    class Meta:
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return self.text
