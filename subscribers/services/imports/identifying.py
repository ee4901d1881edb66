"""Recognises staged people by their ids in other systems: one id of one system is one person, in the file and here."""

from django.db import connection
from django.db.backends.utils import CursorWrapper

from subscribers.rules.imports.identifiers import PREFIX

# Ids travel with the custom fields, under keys that no field can have.
_GIVEN = f"""
CREATE TEMP TABLE import_identifier AS
SELECT staged.row, staged.email, substr(given.key, {len(PREFIX) + 1}) AS source, given.value AS external_id
FROM import_row staged, jsonb_each_text(staged.attributes) given
WHERE staged.held IS NULL AND staged.attributes::text LIKE '%%"{PREFIX}%%' AND given.key LIKE '{PREFIX}%%'
"""  # noqa: S608  only constants
_FIELDS_ALONE = f"""
UPDATE import_row SET attributes = (
    SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(attributes) WHERE key NOT LIKE '{PREFIX}%%')
WHERE row IN (SELECT row FROM import_identifier)
"""  # noqa: S608
_KNOWN = """
UPDATE import_row staged
SET email = lower(contact.email), address_key = contact.address_key, mailbox_provider = contact.mailbox_provider
FROM import_identifier given
JOIN subscribers_contactidentifier known ON known.source = given.source AND known.external_id = given.external_id
JOIN subscribers_contact contact ON contact.id = known.contact_id
WHERE given.row = staged.row AND staged.email <> lower(contact.email)
"""
# Of several rows with the same id the last one tells the address, as the last row of an address tells its values.
_TWICE = """
UPDATE import_row staged
SET email = last.email, address_key = last.address_key, mailbox_provider = last.mailbox_provider
FROM (
    SELECT given.row, first_value(other.email) OVER newest AS email,
        first_value(other.address_key) OVER newest AS address_key,
        first_value(other.mailbox_provider) OVER newest AS mailbox_provider
    FROM import_identifier given JOIN import_row other ON other.row = given.row
    WINDOW newest AS (PARTITION BY given.source, given.external_id ORDER BY given.row DESC)
) last
WHERE last.row = staged.row AND staged.email <> last.email
"""
_FOLLOW = """
UPDATE import_identifier given SET email = staged.email FROM import_row staged WHERE staged.row = given.row
"""
_KEEP = """
INSERT INTO subscribers_contactidentifier (contact_id, source, external_id, added_at)
SELECT contact.id, given.source, given.external_id, now()
FROM import_person staged
JOIN import_identifier given ON given.email = staged.email
JOIN subscribers_contact contact ON lower(contact.email) = staged.stored_as
    AND contact.merged_into_id IS NULL AND contact.restricted_at IS NULL
WHERE staged.place > %s AND staged.place <= %s
ON CONFLICT DO NOTHING
"""


def identify(cursor: CursorWrapper) -> None:
    """Between the staging of rows and the making of people; leaves `import_identifier` for `keep_identifiers`."""
    cursor.execute(_GIVEN, [])
    if cursor.rowcount:
        for statement in (_FIELDS_ALONE, _KNOWN, _TWICE):
            cursor.execute(statement, [])
        cursor.execute(_FOLLOW)
        cursor.execute("CREATE INDEX ON import_identifier (email)")
        cursor.execute("ANALYZE import_identifier")


def keep_identifiers(after: int, upto: int) -> None:
    """Of the people of one chunk, by place, once they are contacts."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [after, upto])
