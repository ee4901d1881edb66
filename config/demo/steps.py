"""Says what the demo does: a calm line per step, with a bar while it works."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn


class Step:
    """One step under way. `result` is what its line will say; left empty, the line says what was asked of it."""

    def __init__(self, bar: Progress, title: str) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=None)
        self.result = ""
        self.was_done = False

    def tell(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)

    def title(self, text: str) -> None:
        self._bar.update(self._task, description=text)


class Steps:
    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Prints ✓, the result and the time when the block ends well, ✗ when it does not."""
        started = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as bar:
            step = Step(bar, title)
            try:
                yield step
            except BaseException:
                bar.stop()
                self.console.print(f"[red]✗[/] {title}")
                raise
        took = "done before" if step.was_done else f"{time.monotonic() - started:.1f} s"
        self.console.print(f"[green]✓[/] {step.result or title}  [dim]{took}[/]", highlight=False, soft_wrap=True)
