"""What an uploaded file would become with the choices made so far: read from its first rows, nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from deliverability.queries.mailbox_providers import domains_without_mail
from subscribers.models import ContactIdentifier, CustomField, ImportRun, MailingList
from subscribers.rules.imports.choices import KINDS, NEW, choosable, mapping_of, new_fields
from subscribers.rules.imports.headers import Field
from subscribers.rules.imports.holding import HoldReason
from subscribers.rules.imports.identifiers import is_identifier
from subscribers.rules.imports.mapping import IGNORE, ColumnPlan, MappingRefused, plan_columns
from subscribers.rules.imports.records import BrokenRow
from subscribers.rules.imports.rows import Person, Remark, RowReader, held_remark
from subscribers.rules.imports.statements import why_refused
from subscribers.rules.judgement import Risk
from subscribers.types import Basis

_EXAMPLES = 3
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file. `choice` is a field, a custom field's key, "ignore" or "new:" and a kind."""

    index: int
    name: str
    choice: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`people` are the first that would be imported; `remarks` all that the first rows hold against themselves.

    `problem` says in words why nothing can be shown, `sampled` how many rows were tried.
    """

    columns: list[Column]
    sampled: int = 0
    people: list[Person] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problem: str = ""
    risks: "FoundRisks | None" = None


@dataclass(frozen=True, slots=True)
class FoundRisks:
    """What the first `rows` rows of the file hold that may hurt; `dead` of them are at domains without a mail server.

    `kinds`: risk, how many, some examples, and whether such rows are to be held for review.
    """

    rows: int
    is_whole: bool
    invalid: int
    known: int
    suppressed: int
    dead: int
    kinds: list[tuple[Risk, int, list[str], bool]]

    @property
    def unknown_percent(self) -> float:
        """Of all rows with an address, those whom we have never met."""
        valid = self.rows - self.invalid
        return 100 * max(valid - self.known, 0) / valid if valid else 0.0


@dataclass(frozen=True, slots=True)
class FieldChoice:
    key: str
    label: str
    is_custom: bool


def field_choices() -> list[FieldChoice]:
    """What a column can become besides nothing and something new."""
    ours = [FieldChoice(each.value, "", is_custom=False) for each in Field]
    custom = CustomField.offered.order_by("label").values_list("key", "label")
    return [*ours, *(FieldChoice(key, label, is_custom=True) for key, label in custom)]


def choices_of(run: ImportRun) -> dict[int, str]:
    """What was chosen for each column that can be chosen for; anything unknown counts as left out."""
    asked: dict[str, str] = run.asked.get("columns", {})
    known = {*Field, *(NEW + kind for kind in KINDS), *CustomField.offered.values_list("key", flat=True)}
    chosen = {index: asked.get(str(index), IGNORE) for index in choosable(run.survey["header"])}
    return {index: choice if choice in known or is_identifier(choice) else IGNORE for index, choice in chosen.items()}


def identifier_choices() -> list[str]:
    """Names of other systems whose ids a column can hold: those we know, and two that most teams have."""
    known = ContactIdentifier.objects.order_by("source").values_list("source", flat=True).distinct()[:20]
    return sorted({*known, "crm", "shop"})


def import_preview(run: ImportRun) -> Preview:
    choices = choices_of(run)
    columns = list(_columns(run.survey, choices))
    try:
        plan, kinds = plan_of(run, choices)
    except MappingRefused as refused:
        return Preview(columns, problem=str(refused))
    people: list[Person] = []
    remarks: list[Remark] = []
    held = [HoldReason(reason) for reason in run.asked.get("hold", ())]
    column = plan.header[plan.indexes_of(Field.EMAIL)[0]]
    options = dict(CustomField.objects.values_list("key", "options"))
    for item in RowReader(plan, kinds, held, options=options).read(_numbered(run.survey)):
        if isinstance(item, Remark):
            remarks.append(item)
        elif item.held:
            remarks.append(held_remark(item, column))
        elif len(people) < _SHOWN:
            people.append(item)
    return Preview(columns, len(run.survey["sample"]), people, remarks, risks=_risks(run))


def _risks(run: ImportRun) -> FoundRisks | None:
    found: dict[str, Any] | None = run.survey.get("risks")
    if found is None:
        return None
    domains: dict[str, int] = found["domains"]
    held = run.asked.get("hold", ())
    return FoundRisks(
        **{name: found[name] for name in ("rows", "is_whole", "invalid", "known", "suppressed")},
        dead=sum(domains[domain] for domain in domains_without_mail(domains)),
        kinds=[
            (risk, found["risks"].get(risk, 0), found["examples"].get(risk, []), risk in held)
            for risk in Risk
            if found["risks"].get(risk)
        ],
    )


def plan_of(run: ImportRun, choices: dict[int, str]) -> tuple[ColumnPlan, dict[str, str]]:
    """The plan, and the kind of every custom field, new ones included. Raises MappingRefused."""
    if Field.EMAIL not in choices.values():
        raise MappingRefused("No column is chosen for the e-mail address. Choose “E-mail address” for one of them.")
    header: list[str] = run.survey["header"]
    declared = {key: (label, kind) for key, label, kind in CustomField.objects.values_list("key", "label", "kind")}
    new = new_fields(header, choices, set(declared))
    labels = {key: label for key, (label, _) in declared.items()}
    plan = plan_columns(
        header,
        [cells for _, cells in _numbered(run.survey) if isinstance(cells, list)],
        explicit=mapping_of(header, choices, new),
        declared={**labels, **{key: header[index] for index, (key, _) in new.items()}},
    )
    return plan, {key: kind for key, (_, kind) in declared.items()} | dict(new.values())


def missing(run: ImportRun) -> dict[str, str]:
    """What still stands in the way of starting, in words, by part of the form: columns, list, consent, basis."""
    problems = {}
    try:
        plan_of(run, choices_of(run))
    except MappingRefused as refused:
        problems["columns"] = str(refused)
    asked: dict[str, Any] = run.asked
    if asked.get("list") == "new":
        if not asked.get("new_list", "").strip():
            problems["list"] = "Give the new list a name, as its subscribers will read it."
    elif not MailingList.objects.filter(slug=asked.get("list", "")).exists():
        problems["list"] = "Choose the list that these people are to be subscribed to."
    if refusal := why_refused(asked.get("consent", "")):
        problems["consent"] = refusal
    if asked.get("basis") not in set(Basis):
        problems["basis"] = "Choose on what ground you may write to these people."
    return problems


def _columns(survey: dict[str, Any], choices: dict[int, str]) -> Iterator[Column]:
    for index, choice in choices.items():
        cells = (row[index].strip() for _, row in survey["sample"] if isinstance(row, list) and index < len(row))
        yield Column(index, survey["header"][index], choice, tuple(islice(filter(None, cells), _EXAMPLES)))


def _numbered(survey: dict[str, Any]) -> Iterator[tuple[int, list[str] | BrokenRow]]:
    """The first rows with their numbers in the sheet; a broken one is kept as its text and the reason."""
    for number, cells in survey["sample"]:
        yield number, cells if isinstance(cells, list) else BrokenRow(cells["text"], cells["reason"])
