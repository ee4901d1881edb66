"""Lists (topics) that people subscribe to, their subscriptions, and the hosted sign-up forms."""

from django.db import models

from subscribers.types import Frequency, SubscriptionState


class MailingList(models.Model):
    """A topic that a person can choose or leave in the preference center."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(unique=True)
    description = models.CharField(
        max_length=300, blank=True, help_text="What subscribers read: what they get, how often."
    )
    is_public = models.BooleanField(default=True, help_text="Offered in the preference center to everybody.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A contact's present standing with one list; the ledger entry that allows it hangs on it."""

    contact = models.ForeignKey("subscribers.Contact", on_delete=models.CASCADE, related_name="subscriptions")
    # subscription_once leads with the list and serves its look-ups.
    mailing_list = models.ForeignKey(
        "subscribers.MailingList", on_delete=models.CASCADE, related_name="subscriptions", db_index=False
    )
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in SubscriptionState])
    # The entry that allows mail, empty while there is none: the audience reads permission here, in one join.
    # Indexed for the check that nothing hangs on an entry that is erased: without it, undoing an import would scan all
    # subscriptions once for each person. Alternated imports of 200,000 rows, seven with it and seven without, showed no
    # cost beyond what runs differ by themselves.
    consent = models.ForeignKey("subscribers.ConsentRecord", on_delete=models.PROTECT, null=True, related_name="+")
    consent_expires_at = models.DateTimeField(null=True, blank=True)
    # The person's own choice; the ledger holds when and how they made it. It outlives leaving and coming back.
    frequency = models.CharField(
        max_length=8,
        choices=[(frequency.value, frequency.value) for frequency in Frequency],
        default=Frequency.EVERY.value,
        db_default=Frequency.EVERY.value,
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing_list", "contact"], name="subscription_once")]
        # Imports, which write the many who are subscribed, pay nothing for it.
        indexes = [
            models.Index(
                fields=["mailing_list", "state", "contact"],
                name="subscription_not_live",
                condition=~models.Q(state="subscribed"),
            ),
            # Only permission that ends by itself stands in it: warnings ahead read nothing else.
            models.Index(
                fields=["consent_expires_at"],
                include=["mailing_list", "contact", "state"],
                name="subscription_that_ends",
                condition=models.Q(consent_expires_at__isnull=False),
            ),
        ]


def first_name_alone() -> list[list[object]]:
    return [["first_name", False]]


class SignUpForm(models.Model):
    """A hosted page on which people sign up; its wording is what they agree to. The texts here are in `locale`."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    introduction = models.TextField(blank=True)
    lists = models.ManyToManyField("subscribers.MailingList", related_name="forms")
    wording = models.ForeignKey("subscribers.ConsentWording", on_delete=models.PROTECT, related_name="forms")
    is_open = models.BooleanField(default=True)
    locale = models.CharField(max_length=16, default="en")
    thanks = models.TextField(blank=True, help_text="Said once somebody has signed up.")
    welcome = models.TextField(blank=True, help_text="Said once somebody has confirmed.")
    # Pairs of key and whether it must be filled in, in the order of the page: PostgreSQL forgets that of an object.
    fields = models.JSONField(default=first_name_alone)
    brand_color = models.CharField(max_length=7, blank=True, help_text="Empty: the organisation's.")

    def __str__(self) -> str:
        return self.title


class SignUpFormText(models.Model):
    """The same page in one more language."""

    form = models.ForeignKey("subscribers.SignUpForm", on_delete=models.CASCADE, related_name="translations")
    locale = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    introduction = models.TextField(blank=True)
    thanks = models.TextField(blank=True)
    welcome = models.TextField(blank=True)
    wording = models.ForeignKey("subscribers.ConsentWording", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "locale"], name="form_text_once")]
