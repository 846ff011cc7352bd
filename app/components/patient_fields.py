"""The words for the fields of a patient's file."""

from app.words import N_

FIELDS = {
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "birth_date": N_("Birth date"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "address": N_("Address"),
    "language": N_("Language"),
    "verification": N_("Identity"),
    "medical_history": N_("Medical history"),
    "alert": N_("Alert"),
    "insurer": N_("Insurer"),
    "member_number": N_("Member number"),
    "external_number": N_("Number in the former system"),
    "needs_interpreter": N_("Interpreter"),
    "guardian_id": N_("Guardian"),
}
