"""Who acts: the one value that every service takes to know the clinic, the actor and what they may do."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds of actor that an audit row can name."""

    USER = "user"
    PATIENT = "patient"
    GUEST = "guest"
    KIOSK = "kiosk"
    API_CLIENT = "api-client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """One actor in one clinic, with the permissions that hold there; `location_ids` None means every site."""

    clinic_id: UUID
    kind: ActorKind
    actor_id: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    location_ids: frozenset[UUID] | None = None
    request_id: str = ""

    def may(self, permission: str) -> bool:
        """Tell whether this actor holds the permission."""
        return permission in self.permissions

    @property
    def actor(self) -> str:
        """The actor as audit rows and idempotency keys write it, for example `user:0198...`."""
        return f"{self.kind.value}:{self.actor_id}"
