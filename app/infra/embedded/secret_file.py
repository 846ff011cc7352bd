"""Secrets that live in files which only their owner can read."""

import os
from pathlib import Path


def write_secret(path: Path, content: str) -> None:
    """Write a file with mode 0600 all at once: a reader sees the whole content or no file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
