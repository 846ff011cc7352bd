"""Who reads and who writes which notes: the desk's are everybody's at work, clinical ones those who care."""

from app.errors import InvalidField
from app.services.accounts.permissions import Permission
from app.words import N_
from models.files import NoteKind
from models.principal import Principal

READ = {NoteKind.DESK: Permission.PATIENTS_READ, NoteKind.CLINICAL: Permission.CLINICAL_READ}
WRITE = {NoteKind.DESK: Permission.PATIENTS_WRITE, NoteKind.CLINICAL: Permission.CLINICAL_WRITE}


def kind_of(text: str) -> NoteKind:
    """Return the kind; raises InvalidField."""
    try:
        return NoteKind(text)
    except ValueError:
        raise InvalidField("kind", N_("Say whom this note is for.")) from None


def readable(principal: Principal) -> list[NoteKind]:
    """Return the kinds that the actor may read."""
    return [kind for kind, permission in READ.items() if principal.may(permission)]
