"""Prescriptions: ordered by whoever is a practitioner here, revoked with a reason, printed."""
