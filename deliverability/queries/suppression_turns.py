"""When addresses began to be held, and when they were let go: for apps that count whom they lost."""

# Columns address_key, scope, target, reason, began_at, ended_at.
SUPPRESSION_TURNS = """SELECT address_key, scope, target, reason, created_at AS began_at, lifted_at AS ended_at
FROM deliverability_suppression"""
