"""Who has the letter: the patient for whom a token's offer is, and nothing for anybody else."""

from uuid import UUID

from app.services.waitlist.offers import patient_of, read_offer
from app.services.waitlist.tokens import offer_of
from models.db import transaction
from models.principal import ActorKind, Principal


def holder_of(token: str, *, request_id: str = "") -> tuple[Principal, UUID]:
    """Return the patient who acts with a token, and its offer; OfferNotFound for every token that is not ours."""
    clinic_id, offer_id = offer_of(token)
    with transaction(Principal(clinic_id, ActorKind.PATIENT, "unknown", request_id=request_id)) as session:
        offer = read_offer(session, clinic_id, offer_id)
    return patient_of(clinic_id, offer.patient_id, request_id=request_id), offer_id
