"""The measured data sets: `./holdfast seed --large` and `--huge` on the server that the environment names."""

from app.services.clock import utc_now
from app.services.demo.large import Size, load_large, size_of


def load(*, scale: float) -> None:
    """Load the large data set at a scale of 0.05 to 1 and print its progress, unless it is there already."""
    load_size(size_of(scale))


def load_size(size: Size) -> None:
    """Load a data set of any size and print its progress, unless there is one already."""
    load_large(now=utc_now(), size=size, tell=lambda line: print(f"  {line}", flush=True))
