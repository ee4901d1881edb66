"""Sign-up forms as people see them, and as the team does: their texts, their fields, and what they brought."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, QuerySet, Sum

from subscribers.models import ConsentWording, CustomField, FormDay, MailingList, SignUpForm, SignUpFormText

FIRST_NAME = "first_name"
DAYS = 30


@dataclass(frozen=True, slots=True)
class FormText:
    """What the page says in one language."""

    locale: str
    title: str
    introduction: str
    thanks: str
    welcome: str
    wording: ConsentWording


@dataclass(frozen=True, slots=True)
class AskedField:
    """What a form asks beside the address; `kind` is that of the custom field."""

    key: str
    label: str
    kind: str
    is_required: bool
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form with what came through it in the last days; `confirmed` may hold people who signed up before them."""

    form: SignUpForm
    lists: list[MailingList]
    locales: list[str]
    signed_up: int
    confirmed: int
    last_day: date | None

    @property
    def percent(self) -> int | None:
        """The share that confirmed; None where nobody signed up."""
        return min(100, round(100 * self.confirmed / self.signed_up)) if self.signed_up else None


def text_in(form: SignUpForm, language: str) -> FormText:
    """The page in this language, else in the form's own."""
    text: SignUpForm | SignUpFormText = form
    if form.locale != language:
        found = form.translations.select_related("wording").filter(locale=language).first()
        text = found or form
    return FormText(text.locale, text.title, text.introduction, text.thanks, text.welcome, text.wording)


def asked_fields(form: SignUpForm) -> list[AskedField]:
    """In the order of the page; a custom field that no longer exists is passed over."""
    known = {field.key: field for field in CustomField.offered.filter(key__in=[key for key, _ in form.fields])}
    asked = []
    for key, is_required in form.fields:
        if key == FIRST_NAME:
            asked.append(AskedField(key, "", CustomField.Kind.TEXT, bool(is_required)))
        elif found := known.get(key):
            asked.append(AskedField(key, found.label, found.kind, bool(is_required), tuple(found.options)))
    return asked


def form_lines(today: date) -> list[FormLine]:
    """Every form by its title; four queries, however many there are."""
    forms = SignUpForm.objects.select_related("wording").prefetch_related("lists", "translations").order_by("title")
    counts = _counts(today)
    return [_line(form, *counts.get(form.pk, (0, 0, None))) for form in forms]


def form_line(form_id: int, today: date) -> FormLine | None:
    found = SignUpForm.objects.select_related("wording").prefetch_related("lists", "translations").filter(pk=form_id)
    form = found.first()
    return _line(form, *_counts(today).get(form.pk, (0, 0, None))) if form else None


def wordings_of(form: SignUpForm) -> list[ConsentWording]:
    """All that people of this form ever agreed to, newest first."""
    names = {form.wording.name, *form.translations.values_list("wording__name", flat=True)}
    return list(ConsentWording.objects.filter(name__in=names).order_by("locale", "-version"))


def form_choices() -> QuerySet[CustomField]:
    """Custom fields that a form may ask for."""
    return CustomField.offered.exclude(kind=CustomField.Kind.JSON).order_by("label", "key")


def _counts(today: date) -> dict[int, tuple[int, int, date | None]]:
    lately = FormDay.objects.filter(day__gt=today - timedelta(days=DAYS)).values("form_id")
    summed = lately.annotate(up=Sum("signed_up"), yes=Sum("confirmed"), last=Max("day"))
    return {row["form_id"]: (row["up"], row["yes"], row["last"]) for row in summed}


def _line(form: SignUpForm, signed_up: int, confirmed: int, last_day: date | None) -> FormLine:
    lists = sorted(form.lists.all(), key=lambda each: each.name)
    locales = [form.locale, *sorted(text.locale for text in form.translations.all())]
    return FormLine(form, lists, locales, signed_up, confirmed, last_day)
