"""What a person is asked before their sign-up is taken."""

from django.utils.translation import gettext as _


def once_more() -> str:
    return _("Almost done. Please read what you agree to and press the button once more.")


def stale() -> str:
    return _("This page was open for a while. Please read it once more and press the button again.")


def quick() -> str:
    return _("That was quick! Please check what you entered and press the button again.")


def slip(typed: str, meant: str) -> str:
    words = _("Did you mean %(meant)s? You entered %(typed)s. Correct it, or press the button again if it is right.")
    return words % {"meant": meant, "typed": typed}


def crowded() -> str:
    return _(
        "Many people have signed up from your network in the last hour, so we wait a little to keep robots out. "
        "Nothing was sent. Please try again later."
    )
