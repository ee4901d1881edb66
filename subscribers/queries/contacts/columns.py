"""Which columns the table of contacts can have, and which a member has chosen."""

from dataclasses import dataclass

from subscribers.models import ContactColumns, CustomField, SavedView

# Always there, in front: who it is, and whether they get mail.
FIXED = ("email", "standing")
OURS = (
    "name",
    "first_name",
    "last_name",
    "lists",
    "provider",
    "country",
    "locale",
    "time_zone",
    "engaged_at",
    "created_at",
)
_AT_FIRST = ("name", "lists", "engaged_at", "created_at")
# A custom field may be called as one of ours is.
CUSTOM = "field:"


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """`label` is given for custom fields only."""

    key: str
    label: str
    is_shown: bool


def column_choices(user_id: int) -> list[ColumnChoice]:
    """Every column, those that are shown in front in their order."""
    labels = {CUSTOM + key: label for key, label in CustomField.offered.order_by("label").values_list("key", "label")}
    known = [*OURS, *labels]
    kept = ContactColumns.objects.filter(user_id=user_id).values_list("columns", flat=True).first()
    shown = [key for key in (_AT_FIRST if kept is None else kept) if key in known]
    hidden = [key for key in known if key not in shown]
    return [ColumnChoice(key, labels.get(key, ""), key in shown) for key in (*shown, *hidden)]


def saved_views() -> list[SavedView]:
    return list(SavedView.objects.order_by("name"))
