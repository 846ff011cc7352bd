"""Lines for the person at the terminal; output may be a file or a pipe, so every line is flushed."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(line: str = "") -> None:
    """Print a line at once."""
    with contextlib.suppress(BrokenPipeError, OSError):
        print(line, flush=True)


def complain(sentence: str) -> None:
    """Print the one sentence that says why a command failed."""
    with contextlib.suppress(BrokenPipeError, OSError):
        print(f"holdfast: {sentence}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Name a step before it begins, and tell how long it took when that was over a second."""
    say(f"{name} ...")
    started = time.monotonic()
    yield
    if (seconds := time.monotonic() - started) > 1:
        say(f"  done in {seconds:.0f} s")
