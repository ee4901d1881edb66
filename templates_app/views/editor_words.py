"""What the template editor says by itself, in the viewer's language; names in braces are filled in by the browser."""

from django.utils.translation import gettext as _


def editor_words() -> dict[str, str]:
    return {
        "saving": _("Saving…"),
        "savedNow": _("Saved just now"),
        "savedSeconds": _("Saved {n} s ago"),
        "savedMinutes": _("Saved {n} min ago"),
        "savedDraft": _("Saved, with mistakes to mend"),
        "unsaved": _("Typing…"),
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
        "gone": _("Not saved: somebody deleted this template"),
        "goneNote": _(
            "Somebody deleted this template while you were editing it. Your text is kept here: save it as a copy."
        ),
        "failed": _("Not saved: the server failed"),
        "failedNote": _(
            "The server could not save this. What you type is kept in this browser, and we try again every few seconds."
        ),
        "conflict": _("Not saved: somebody else saved first"),
        "conflictNote": _(
            "{name} saved at {time}; your version is kept here and in this browser. Nothing was overwritten."
        ),
        "compare": _("Compare"),
        "takeTheirs": _("Use theirs"),
        "saveCopy": _("Save mine as a copy"),
        "takenTheirs": _("You now see what {name} saved. Undo (Ctrl Z) brings your text back."),
        "followed": _("{name} saved at {time}. You see that version now; undo brings the former one back."),
        "recovered": _("What you typed before this page was closed is back."),
        "restored": _("Version {n} is your draft now. Undo brings the former text back."),
        "renamed": _("Renamed"),
        "weight": _("{size} kB of 102 kB Gmail limit"),
        "tooHeavy": _("{size} kB: Gmail cuts off what is beyond 102 kB"),
        "line": _("Line {n}"),
        "stale": _("The preview shows the last version that worked."),
        "noPreview": _("The preview appears once the code compiles."),
        "goToProblem": _("Go to it"),
        "moreProblems": _("{n} more"),
        "noSubject": _("The campaign gives the subject"),
        "adapted": _("With the dark styles of this mail."),
        "inverted": _("This mail has no dark styles, so Gmail on iOS and Outlook invert its colours like this."),
        "imagesOff": _("Images are off, as many readers have it."),
        "frameTitle": _("Preview of the mail"),
        "asPerson": _("As {name}"),
        "noneFound": _("Nobody found. Type at least two letters of a name or address."),
        "previewOffline": _("No connection, so the preview waits."),
        "somebody": _("Somebody"),
        "codeLabel": _("Code of the template. Escape, then Tab leaves it."),
    }
