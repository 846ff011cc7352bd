"""Ids that can be computed from a number, so that made-up data is the same each time and scripts find its rows.

`numbered(Kind.SLOT, 42)` is `01900000-0000-7de0-8002-000000000042`: a UUIDv7 of early 2024 in form. The last
group is the number in decimal digits, the group before it ends in the kind.

The benchmarks' ids bear the number in their time too, a millisecond each, as the product's own ids differ: btree_gist
tells UUIDs apart by their first 53 bits when it chooses a page, so ids that agree in them spread one patient's or
practitioner's rows over the whole index, and every further row makes its exclusion constraints slower.
"""

from enum import IntEnum
from uuid import UUID

DEMONSTRATION = "7de0"
# The benchmarks' clinic, so that both may lie in one database.
LARGE = "7000"
FIRST_MOMENT = 0x0190_0000_0000


class Kind(IntEnum):
    """Which table an id belongs to, as written into it (three hexadecimal digits)."""

    CLINIC = 0x000
    PRACTITIONER = 0x001
    SLOT = 0x002
    PATIENT = 0x003
    APPOINTMENT = 0x004
    SERVICE = 0x005
    LOCATION = 0x006
    SCHEDULE = 0x007
    ROOM = 0x008
    DEVICE = 0x009
    RULE = 0x00A
    PRACTITIONER_SERVICE = 0x00B
    USER = 0x00C
    ROLE_GRANT = 0x00D
    AUDIT_EVENT = 0x00E
    EXCEPTION = 0x00F
    HOLIDAY = 0x010


def numbered(kind: Kind, number: int, *, family: str = DEMONSTRATION) -> UUID:
    """Return the id of the n-th row of its kind; numbers count from 1."""
    if family == LARGE:
        return UUID(f"{FIRST_MOMENT + number:012x}{LARGE}8{kind:03x}{number:012d}")
    return UUID(f"01900000-0000-{family}-8{kind:03x}-{number:012d}")


def sql_id(kind: Kind, number: str) -> str:
    """Return the SQL expression for the benchmarks' id of the row whose number is the SQL expression `number`."""
    moment = f"lpad(to_hex({FIRST_MOMENT} + ({number})::bigint), 12, '0')"
    return f"({moment} || '{LARGE}8{kind:03x}' || lpad(({number})::text, 12, '0'))::uuid"
