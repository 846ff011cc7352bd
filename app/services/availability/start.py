"""What availability answers: one start, which a hold accepts as it stands."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Start(NamedTuple):
    """A time that can be held: `id` is its first slot; the times are the patient's, without the buffers.

    `free` counts the places left, of `capacity`; an expired hold counts as free. `version` is the first slot's.
    """

    id: UUID
    practitioner_id: UUID
    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    version: int
    timezone: str
