"""What the setup page says by itself, in the viewer's language; names in braces are filled in by the browser."""

from django.utils.translation import gettext as _


def setup_words() -> dict[str, str]:
    return {
        "typing": _("Typing…"),
        "saving": _("Saving…"),
        "savedNow": _("Saved just now"),
        "savedSeconds": _("Saved {n} s ago"),
        "savedMinutes": _("Saved {n} min ago"),
        "offline": _("Not saved: no connection"),
        "offlineNote": _(
            "The server cannot be reached. What you type is kept in this browser and saved once the connection is back."
        ),
        "signedOut": _("Not saved: you were signed out"),
        "signedOutNote": _(
            "Your session has ended. What you type is kept in this browser: sign in again in another tab, "
            "then come back here and it is saved."
        ),
        "signIn": _("Sign in in a new tab"),
        "forbidden": _("Not saved: your role no longer allows it"),
        "gone": _("Not saved: the campaign can no longer be changed"),
        "goneNote": _(
            "Somebody scheduled, sent or deleted this campaign meanwhile, so what you typed since was not saved. "
            "It stays in this browser; reload to see how the campaign stands."
        ),
        "reload": _("Reload"),
        "failed": _("Not saved: the server failed"),
        "failedNote": _(
            "The server could not save this. What you type is kept in this browser, and we try again every few seconds."
        ),
        "clash": _("Not saved: somebody changed the same"),
        "clashNote": _("Nothing is lost: here is theirs, here is yours."),
        "theirs": _("Theirs"),
        "yours": _("Yours"),
        "useTheirs": _("Use theirs"),
        "keepMine": _("Keep mine"),
        "empty": _("(empty)"),
        "recovered": _("What you typed before this page was closed is back."),
        "noSubject": _("No subject yet"),
        "noSender": _("No sender yet"),
    }
