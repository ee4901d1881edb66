"""How long each kind of data is kept: what is shipped, and between which limits the team may choose."""

from dataclasses import dataclass

# GDPR Art. 7(1), CASL s. 13: who says that somebody agreed must prove it; three years cover usual limitation periods.
EVIDENCE_DAYS = 1_095


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """`days` None: until somebody deletes it. With `least` None nobody chooses: it is as it is by design."""

    kind: str
    days: int | None
    least: int | None = None
    most: int | None = None

    @property
    def is_fixed(self) -> bool:
        return self.least is None

    def allows(self, days: int | None) -> bool:
        if self.least is None:
            return False
        if days is None:
            return self.most is None
        return days >= self.least and (self.most is None or days <= self.most)


RULES = (
    # What the engine recorded of each mail. Reports keep their numbers, which are counted apart.
    RetentionRule("mail_events", 1_095, least=90),
    RetentionRule("inbound_mails", 30, least=7, most=365),
    RetentionRule("webhooks", 30, least=7, most=365),
    RetentionRule("activities", 1_095, least=30),
    RetentionRule("consent_evidence", EVIDENCE_DAYS, least=EVIDENCE_DAYS),
    RetentionRule("import_uploads", 14, least=1, most=90),
    RetentionRule("import_reports", 90, least=7, most=730),
    RetentionRule("test_mails", 365, least=30, most=1_095),
    RetentionRule("privacy_requests", 1_095, least=365),
    RetentionRule("audit_log", 1_095, least=365),
    # Chosen elsewhere, or by what the thing is for.
    RetentionRule("unconfirmed", None),
    RetentionRule("import_undo", None),
    RetentionRule("held_rows", None),
    RetentionRule("soft_bounces", 31),
    RetentionRule("flow_counts", 8),
    RetentionRule("pace_changes", 90),
    RetentionRule("late_traces", 30),
    # Silence deletes nobody: the sunset policy stops the mail, and people stay until they or the team say otherwise.
    RetentionRule("dormant", None),
    RetentionRule("suppressions", None),
)
BY_KIND = {rule.kind: rule for rule in RULES}
