"""Patients: made, found, changed, merged; every field sealed, every search by keyed tokens, every look audited."""
