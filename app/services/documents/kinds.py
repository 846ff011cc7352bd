"""Which documents are papers of the office and which are clinical, and who may open which."""

from app.errors import InvalidField
from app.services.accounts.permissions import Permission
from app.words import N_
from models.files import DocumentKind
from models.principal import Principal

OFFICE = frozenset({DocumentKind.REFERRAL, DocumentKind.CONSENT, DocumentKind.INSURANCE})
UNKNOWN = N_("Choose what kind of document this is.")


def kind_of(text: str) -> DocumentKind:
    """Return the kind; raises InvalidField."""
    try:
        return DocumentKind(text)
    except ValueError:
        raise InvalidField("kind", UNKNOWN) from None


def permission_for(kind: DocumentKind) -> Permission:
    """Return what somebody must hold to open a document of this kind."""
    return Permission.DOCUMENTS_READ if kind in OFFICE else Permission.CLINICAL_READ


def may_open(principal: Principal, kind: DocumentKind) -> bool:
    """Tell whether the actor may open documents of this kind."""
    return principal.may(permission_for(kind))
