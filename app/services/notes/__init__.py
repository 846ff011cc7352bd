"""The notes of a patient's file: added and corrected, never changed."""
