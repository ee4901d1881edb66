"""Looks for a person in every table of the database, in Redis, and in files."""

from pathlib import Path

from django.db import connection

from deliverability import conf

_COLUMNS = """
SELECT columns.table_name, columns.column_name, columns.data_type, columns.udt_name
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""


def tables_with(text: str) -> set[str]:
    """`table.column` wherever the text stands, whatever its capitals; in bytes as well."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column, kind, _ in cursor.fetchall():
            shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" WHERE {shown} ILIKE %s)', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.add(f"{table}.{column}")
    return found


def tables_with_number(number: int) -> set[str]:
    """`table.column` of ids and arrays of ids that hold the number."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column, kind, udt in cursor.fetchall():
            if kind != "bigint" and udt != "_int8":
                continue
            holds = f'"{column}" = %s' if kind == "bigint" else f'%s = ANY("{column}")'
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" WHERE {holds})', [number])
            if cursor.fetchone()[0]:
                found.add(f"{table}.{column}")
    return found


def redis_keys_with(text: str) -> list[bytes]:
    client = conf.redis_client()
    needle = text.lower().encode()
    return [key for key in client.scan_iter() if needle in key.lower() or needle in (client.dump(key) or b"").lower()]


def files_with(text: str, *folders: Path) -> list[Path]:
    needle = text.lower().encode()
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path for path in files if needle in path.read_bytes().lower()]
