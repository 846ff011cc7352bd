"""What was begun for one patient and is not kept yet: put away while another one is looked at, and there again then.

Drafts stand in a private var of a page's state, so they are sealed with it, and wiped with it for somebody else.
"""

from collections.abc import Mapping
from typing import TypeVar

Draft = TypeVar("Draft")

# Patients for whom something half written is kept.
MOST = 12


def put_away(drafts: Mapping[str, Draft], patient_id: str, draft: Draft, *, empty: Draft) -> dict[str, Draft]:
    """Return the drafts by patient with this one as the newest; an empty one is none, and the oldest give way."""
    others = {of: one for of, one in drafts.items() if of != patient_id}
    found = others if draft == empty else {**others, patient_id: draft}
    return dict([*found.items()][-MOST:])
