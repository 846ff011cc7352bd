"""Keep the services of one run alive, and end them in order: the last started goes first."""

import signal
import time
from collections import deque
from collections.abc import Callable
from types import FrameType

from app.infra.embedded.failure import StartFailure
from app.infra.processes.service import Service

LOOK_SECONDS = 0.2
DEATHS_ALLOWED = 5
WITHIN_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked for the end; not an Exception, so that no handler on the way takes it for an error."""


class Supervisor:
    """Starts services in the order given, restarts the dead, and gives up after too many deaths."""

    def __init__(self, *, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.services: list[Service] = []
        self.say = say
        self.clock = clock
        self.deaths: dict[str, deque[float]] = {}
        self.is_asked_to_stop = False

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal raise Stopped once; later ones are ignored."""
        for number in STOP_SIGNALS:
            # Whoever started us under nohup wants us to outlive the terminal.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def start(self, service: Service) -> None:
        """Start a service and keep it: it counts from before its start, so that a half-started one is stopped."""
        self.services.append(service)
        service.start()

    def watch(self) -> None:
        """Look after the services until Stopped is raised."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Restart whatever died since the last look, those that others stand on first.

        Raises Stopped once more where the first was lost: Python drops what is raised in a finaliser.
        """
        if self.is_asked_to_stop:
            raise Stopped
        for position, service in enumerate(self.services):
            if service.is_alive():
                continue
            self._count_death(service)
            self.say(f"{service.name} ended unexpectedly; starting it again.")
            before = service.address()
            service.start()
            if service.address() != before:
                self._restart(self.services[position + 1 :])

    def stop(self) -> None:
        """Stop everything, the last started first; one that fails to stop does not keep the others."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        while self.services:
            service = self.services.pop()
            try:
                service.stop()
            except Exception as failure:
                self.say(f"{service.name} did not stop in order: {failure}")

    def _restart(self, services: list[Service]) -> None:
        for service in reversed(services):
            service.stop()
        for service in services:
            service.start()

    def _count_death(self, service: Service) -> None:
        now = self.clock()
        deaths = self.deaths.setdefault(service.name, deque())
        deaths.append(now)
        while deaths and now - deaths[0] > WITHIN_SECONDS:
            deaths.popleft()
        if len(deaths) > DEATHS_ALLOWED:
            where = getattr(service, "log", None)
            hint = f"; its own words are in {where}" if where else ""
            raise StartFailure(f"{service.name} ended {len(deaths)} times within a minute{hint}.")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        for ignored in STOP_SIGNALS:
            signal.signal(ignored, signal.SIG_IGN)
        self.is_asked_to_stop = True
        raise Stopped
