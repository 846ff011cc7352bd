"""The parts of a practitioner's own day."""
