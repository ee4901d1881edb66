"""How lists fare, day by day: counted every hour from the ledger, the suppressions and the audience."""

from django.db import models


class ListDay(models.Model):
    """One day of one list, or of everybody where there is none. Days are the organisation's.

    People are counted once a day and kind. Whoever leaves one list and stays on another is lost to the first, and
    counts among everybody's losses, too. `people` may be written to at the day's last count; those below are theirs
    by their last click or open: within 30 days, within 90, longer ago, never. Of `unseen` nobody may know.
    """

    mailing_list = models.ForeignKey(
        "subscribers.MailingList", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    day = models.DateField()
    by_themselves = models.PositiveIntegerField(default=0)
    by_import = models.PositiveIntegerField(default=0)
    by_api = models.PositiveIntegerField(default=0)
    by_hand = models.PositiveIntegerField(default=0)
    came_back = models.PositiveIntegerField(default=0, help_text="What held them back was lifted.")
    unsubscribed = models.PositiveIntegerField(default=0)
    complained = models.PositiveIntegerField(default=0)
    hard_bounced = models.PositiveIntegerField(default=0)
    soft_bounced = models.PositiveIntegerField(default=0)
    fell_silent = models.PositiveIntegerField(default=0)
    taken_out = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    # Days before the first count know their size from what was won and lost since, and nothing of activity.
    is_reckoned = models.BooleanField(default=False)
    active = models.PositiveIntegerField(default=0)
    active_lately = models.PositiveIntegerField(default=0)
    active_once = models.PositiveIntegerField(default=0)
    never_active = models.PositiveIntegerField(default=0)
    unseen = models.PositiveIntegerField(default=0, db_default=0)
    ledger_id = models.BigIntegerField(default=0, help_text="The newest entry of the ledger at the day's last count.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing_list", "day"], name="list_day_once", nulls_distinct=False)
        ]
