"""What can go wrong with content, in the words of the person who writes it."""

from collections.abc import Sequence
from dataclasses import dataclass


class TemplateError(Exception):
    """The base of every error that templates_app raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: what is wrong, where (line of the source, from 1), and what to write instead."""

    message: str
    advice: str = ""
    line: int | None = None
    field: str = "source"

    def __str__(self) -> str:
        place = f"Line {self.line}: " if self.line else ""
        place = f"{self.field.capitalize()}: " if self.field != "source" else place
        return f"{place}{self.message} {self.advice}".rstrip()


class TemplateErrors(TemplateError):
    """The content cannot be sent as it is; `problems` names every place. Nothing was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(*problems)
        self.problems = list(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class UnknownTemplate(TemplateError):
    """Nobody has this template: somebody deleted it, or the address is wrong. Look for it in the list."""

    def __str__(self) -> str:
        return str(self.__doc__)


class NameRefused(TemplateError):
    """The name is empty or taken. Nothing was renamed."""


class TemplateInUse(TemplateError):
    """Campaigns need the template, so it was not deleted."""


class EditedMeanwhile(TemplateError):
    """Somebody else saved first, so this was not saved over their text; `saved_by` and `revision` say who and what."""

    def __init__(self, *, saved_by: str, revision: int) -> None:
        super().__init__(f"{saved_by or 'Somebody'} saved this template while you were editing it. Nothing was saved.")
        self.saved_by, self.revision = saved_by, revision
