"""How the team looks at its contacts: columns for each member, views for all."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class ContactColumns(models.Model):
    """Which columns one member wants to see, in their order; a name that no longer exists is passed over."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)


class SavedView(models.Model):
    """A search of contacts under a name, for the whole team."""

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500, help_text="The filters as a query string.")
    saved_by = models.CharField(max_length=200)
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
