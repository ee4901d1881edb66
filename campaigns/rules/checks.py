"""What stands between a campaign and its sending, as far as plain facts tell."""

from dataclasses import dataclass

LONG_SUBJECT = 90


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a review: a word for programs, what is wrong, what to do; `line` in the template's source."""

    code: str
    what: str
    fix: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"Line {self.line}: " if self.line else ""
        return f"{place}{self.what} {self.fix}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at. `from_mailbox_provider` is "" for a domain of one's own."""

    subject: str
    preheader: str
    from_name: str
    from_email: str
    from_mailbox_provider: str
    has_organisation: bool
    has_postal_address: bool
    stream_name: str
    stream_is_marketing: bool
    provider_name: str
    provider_is_usable: bool
    stream_held_reason: str
    links_reach_only_this_machine: bool
    has_list: bool = True
    has_template: bool = True
    unreadable_segment: str = ""


def must_fix(facts: Facts) -> list[Problem]:
    """Problems that would break the law, the mail or the sender's name."""
    found = [*_choices(facts), *_sender(facts), *_way_out(facts)]
    if not facts.subject.strip():
        found.append(Problem("no_subject", "The subject is empty.", "Write one."))
    if not facts.from_name.isprintable() or not facts.subject.isprintable():
        found.append(
            Problem(
                "control_characters",
                "The sender's name or the subject holds a line break or an invisible character.",
                "Type it anew; headers may not carry such characters.",
            )
        )
    return found


def worth_a_look(facts: Facts) -> list[Problem]:
    """What a careful colleague would mention."""
    found = []
    if not facts.preheader.strip():
        found.append(
            Problem(
                "no_preheader",
                "There is no preheader, so inboxes show the first words of the mail beside the subject.",
                "Write one line that makes people want to read on.",
            )
        )
    if len(facts.subject) > LONG_SUBJECT:
        found.append(
            Problem(
                "long_subject", f"The subject has {len(facts.subject)} characters.", "Phones show about 40 of them."
            )
        )
    if facts.stream_held_reason:
        found.append(
            Problem(
                "stream_held",
                f"The stream “{facts.stream_name}” stands still: {facts.stream_held_reason}",
                "The campaign will wait until it is released.",
            )
        )
    if facts.links_reach_only_this_machine:
        found.append(
            Problem(
                "local_links",
                "Links in this mail, unsubscribe included, lead to this machine only.",
                "Set SENDWELL_BASE_URL to the public address before you write to real people.",
            )
        )
    return found


def empty_audience(*, list_name: str, excluded: int) -> Problem:
    """What to say when nobody of a list may be written to."""
    if excluded:
        what = f"Nobody on “{list_name}” may be written to: all {excluded:,} are left out."
        return Problem("no_audience", what, "See the reasons, or choose another list.")
    what = f"Nobody is on “{list_name}”."
    return Problem("no_audience", what, "Import contacts, share a sign-up form, or choose another list.")


def mostly_excluded(*, list_name: str, excluded: int) -> Problem:
    """What to say when a list holds more people who may not be written to than people who may."""
    what = f"More people of “{list_name}” are left out ({excluded:,}) than written to."
    return Problem("mostly_excluded", what, "See the reasons.")


def time_has_passed(moment: str) -> Problem:
    return Problem("time_passed", f"{moment} has passed.", "Choose a later time, or send now.")


def _choices(facts: Facts) -> list[Problem]:
    found = []
    if not facts.has_list:
        found.append(Problem("no_list", "Nobody is chosen to get it.", "Choose a list."))
    if facts.unreadable_segment:
        what = f"A segment that it needs cannot be read. {facts.unreadable_segment}"
        found.append(Problem("unreadable_segment", what, "Choose another segment, or mend its rules."))
    if not facts.has_template:
        found.append(Problem("no_template", "It has no content.", "Choose a template."))
    return found


def _sender(facts: Facts) -> list[Problem]:
    found = []
    if not facts.from_email.rpartition("@")[0]:
        what = f"“{facts.from_email}” is no address to send from." if facts.from_email else "It has no sender."
        found.append(Problem("no_sender", what, "Enter an address of your own domain."))
    if facts.from_mailbox_provider:
        domain = facts.from_email.rpartition("@")[2]
        found.append(
            Problem(
                "free_from_domain",
                f"{facts.from_email} belongs to {domain}, whose DMARC policy tells receivers to refuse it from us.",
                "Send from a domain of your own, and put this address into Reply-To.",
            )
        )
    if not facts.has_organisation:
        found.append(
            Problem(
                "no_organisation", "Nobody has said yet who sends.", "Enter the organisation and its postal address."
            )
        )
    elif not facts.has_postal_address:
        found.append(
            Problem(
                "no_postal_address",
                "The organisation has no postal address, which the law requires in every marketing mail.",
                "Enter street, town and country.",
            )
        )
    return found


def _way_out(facts: Facts) -> list[Problem]:
    if not facts.stream_is_marketing:
        return [
            Problem(
                "wrong_stream",
                f"“{facts.stream_name}” is a stream for transactional mail.",
                "Choose a marketing stream: the two never share a reputation.",
            )
        ]
    if not facts.provider_is_usable:
        return [
            Problem(
                "no_provider",
                f"The provider “{facts.provider_name}” has no host, so nothing could leave.",
                "Enter its host and port.",
            )
        ]
    return []
