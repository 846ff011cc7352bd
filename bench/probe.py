"""Somebody who looks beside the crowd whether the server still answers: ten times a second, counted as intended."""

import http.client
import threading
import time
from types import TracebackType
from typing import Self

EVERY_SECONDS = 0.1


class Probe:
    """A thread that asks for one address until the block ends; `waits_ms` is what it waited."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.waits_ms: list[float] = []
        self.failed = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def p99_ms(self) -> float:
        """The wait that one look in a hundred exceeded."""
        return sorted(self.waits_ms)[int(len(self.waits_ms) * 0.99)] if self.waits_ms else 0.0

    def _look(self) -> None:
        intended = time.perf_counter()
        while not self._ended.wait(max(0.0, intended - time.perf_counter())):
            try:
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                line.request("GET", self.path)
                self.failed += line.getresponse().status != 200
                line.close()
            except OSError:
                self.failed += 1
            self.waits_ms.append((time.perf_counter() - intended) * 1000)
            intended += EVERY_SECONDS
