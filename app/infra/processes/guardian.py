"""A small process that ends a run when its launcher dies without a word, whatever the system.

It holds the reading end of a pipe to the launcher. An orderly end sends DISMISSED first; a pipe that closes
without it means that the launcher was killed. Where the kernel can tell the children itself (Linux), this is
the net under it: it also reaches the children's children.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from app.infra.processes.remains import GUARDIAN_MARK, stop_remains

DISMISSED = b"d"


class Guardian:
    """The launcher's side: the guardian is started before everything else and dismissed after it."""

    name = "guardian"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C in the terminal does not reach it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.infra.processes.guardian", str(self.home)],
            env={"PYTHONPATH": os.environ.get("PYTHONPATH", ""), GUARDIAN_MARK: str(self.home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def is_alive(self) -> bool:
        """Whether it still watches."""
        return self.process is not None and self.process.poll() is None

    def address(self) -> str:
        """Nobody depends on it."""
        return ""

    def stop(self) -> None:
        """Send it home."""
        if self.process is None or self.process.stdin is None:
            return
        try:
            self.process.stdin.write(DISMISSED)
            self.process.stdin.close()
        except OSError:
            pass
        self.process.wait()


def watch(home: Path) -> None:
    """Wait for the end of the launcher; when it was not an orderly one, end the whole run."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if os.read(0, 1) != DISMISSED:
        stop_remains(home)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
