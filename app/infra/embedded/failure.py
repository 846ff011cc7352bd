"""The refusal of a launcher: one sentence for the person at the terminal."""


class StartFailure(Exception):
    """Something that `./holdfast` needs is not there; the message is one sentence that says what to do."""
