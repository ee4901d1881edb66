"""The port through which the apps above name their topics, such as mailing lists, which suppressions may speak of."""

from collections.abc import Callable

Names = Callable[[], dict[int, str]]
_names: list[Names] = []


def register_topics(names: Names) -> None:
    """Called from AppConfig.ready; `names` returns every topic's name by its id."""
    _names[:] = [names]


def topic_names() -> dict[int, str]:
    """Empty where no app above has topics."""
    return _names[0]() if _names else {}
