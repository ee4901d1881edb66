"""By what other systems know a person, and who turned out to be the same one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ContactIdentifier(models.Model):
    """The id of a person in another system, such as a shop. Nobody else can have the same one there."""

    contact = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="identifiers")
    source = models.SlugField(max_length=50, help_text="The other system, such as shop.")
    external_id = models.CharField(max_length=200)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Led by the id: a search knows it and not where it comes from.
        constraints = [models.UniqueConstraint(fields=["external_id", "source"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.external_id}"


class ContactMerge(models.Model):
    """Two contacts became one: who did it, and what was decided where the two differed."""

    kept = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="merges")
    merged = models.OneToOneField("subscribers.Contact", on_delete=models.CASCADE, related_name="+")
    merged_by = models.CharField(max_length=200)
    merged_at = models.DateTimeField()
    decisions = ArrayField(models.CharField(max_length=500), default=list)


class ContactChange(models.Model):
    """Somebody of the team changed what is known of a contact: which parts, not what stood there before."""

    contact = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="changes", db_index=False)
    changed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField(auto_now_add=True)
    parts = ArrayField(models.CharField(max_length=100))

    class Meta:
        indexes = [models.Index(fields=["contact", "changed_at"], name="change_of_contact")]


class DuplicatePair(models.Model):
    """Two contacts who look like one person, and why; found anew every night."""

    first = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="+")
    reasons = ArrayField(models.CharField(max_length=12))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once")]


class ApartPair(models.Model):
    """Two contacts of whom somebody said that they are different people: they are suggested no more."""

    first = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="+", db_index=False)
    said_by = models.CharField(max_length=200)
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="apart_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="apart_pair_in_order"),
        ]
