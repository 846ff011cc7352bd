"""Make `.venv` from the hashed lock; the only module that runs outside of it, so it imports no package.

The environment is usable exactly when its stamp names the lock's hash. The stamp is written last, so an
interrupted build is seen and made anew; a later start compares two hashes and does nothing else.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
BUILDING = "holdfast-building"
PIP_OPTIONS = (
    *("--require-hashes", "--only-binary", ":all:"),
    *("--quiet", "--no-input", "--disable-pip-version-check", "--retries", "2"),
)
NETWORK_SIGNS = (
    "NewConnectionError",
    "name resolution",
    "Name or service not known",
    "ConnectTimeout",
    "ReadTimeout",
    "Connection refused",
    "Connection reset",
    "Max retries exceeded",
    "Network is unreachable",
    "ProxyError",
    "No matching distribution found",
)


class NoEnvironment(Exception):
    """The environment could not be made; the message is one sentence."""


def main(command: str) -> int:
    """Bring the environment up to date for this command; print one sentence when that is impossible."""
    try:
        ensure(venv=VENV, lock=ROOT / (DEV_LOCK if command == "test" else LOCK))
    except NoEnvironment as failure:
        print(f"holdfast: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"holdfast: {ROOT} cannot be used: {failure.strerror}.", file=sys.stderr)
        return 1
    return 0


def ensure(*, venv: Path, lock: Path) -> None:
    """Make or update the environment unless its stamp already names this lock."""
    if is_current(venv=venv, lock=lock):
        return
    (venv.parent / ".holdfast").mkdir(exist_ok=True)
    with (venv.parent / ".holdfast" / "environment.lock").open("w") as gate:
        # A second start waits here and then finds the environment finished.
        fcntl.flock(gate, fcntl.LOCK_EX)
        if is_current(venv=venv, lock=lock):
            return
        make(venv=venv, lock=lock)


def is_current(*, venv: Path, lock: Path) -> bool:
    """Whether the stamp names the lock's hash and the interpreter of the environment is still there."""
    stamp = stamp_of(venv, lock=lock)
    if (venv / BUILDING).exists() or not stamp.exists() or not (venv / "bin" / "python").exists():
        return False
    return stamp.read_text() == digest(lock)


def stamp_of(venv: Path, *, lock: Path) -> Path:
    """Return the file in the environment that names the lock it was made from."""
    return venv / f"holdfast-{lock.name}"


def digest(lock: Path) -> str:
    """Return the lock's hash; the interpreter's version is part of it, for wheels differ by version."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return hashlib.sha256(version.encode() + lock.read_bytes()).hexdigest()


def make(*, venv: Path, lock: Path) -> None:
    """Build the environment, or update a finished one; a failed first build leaves nothing."""
    started = time.monotonic()
    if is_broken(venv):
        shutil.rmtree(venv, ignore_errors=True)
    is_new = not venv.exists()
    print(f"{'Making' if is_new else 'Updating'} the Python environment (a minute or two) ...", flush=True)
    try:
        if is_new:
            create(venv)
        (venv / BUILDING).touch()
        install(venv, lock=lock)
    except BaseException:
        if is_new:
            shutil.rmtree(venv, ignore_errors=True)
        raise
    # The development lock holds everything of the other one, in the same versions.
    for made in {lock, lock.with_name(LOCK)}:
        stamp_of(venv, lock=made).write_text(digest(made))
    (venv / BUILDING).unlink()
    print(f"  done in {time.monotonic() - started:.0f} s")


def is_broken(venv: Path) -> bool:
    """Whether a build was interrupted here, or the interpreter it came from is gone or another one."""
    if not venv.exists():
        return False
    if (venv / BUILDING).exists():
        return True
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([venv / "bin" / "python", "-c", question], capture_output=True, text=True)
    except OSError:
        return True
    return answer.stdout.strip() != f"{sys.version_info.major}.{sys.version_info.minor}"


def create(venv: Path) -> None:
    """Make an empty environment; Debian keeps the needed module in a package of its own."""
    result = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True)
    if result.returncode == 0:
        return
    words = result.stdout + result.stderr
    if "ensurepip" in words:
        raise NoEnvironment("this Python lacks the module venv; install it (Debian: apt install python3-venv).")
    raise NoEnvironment(explain(words, fallback="the Python environment could not be made"))


def install(venv: Path, *, lock: Path) -> None:
    """Install the lock: hashes required, wheels only, nothing is compiled."""
    pip = [str(venv / "bin" / "python"), "-I", "-m", "pip", "install", *PIP_OPTIONS, "-r", str(lock)]
    result = subprocess.run(pip, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        log = venv.parent / ".holdfast" / "logs" / "pip.log"
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(result.stdout + result.stderr)
        except OSError:
            pass
        raise NoEnvironment(explain(result.stderr, fallback=f"pip failed; its own words are in {log}"))


def explain(words: str, *, fallback: str) -> str:
    """Return the one sentence that says why, as far as the words of pip or venv tell."""
    if "No space left on device" in words:
        return "the disk is full; make room (about 1 GB) and start again."
    if "DO NOT MATCH THE HASHES" in words:
        return "a package differs from the one that the lock names; nothing was installed from it."
    if any(sign in words for sign in NETWORK_SIGNS):
        return "the package registry cannot be reached; check the network or pip's settings and start again."
    return f"{fallback}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
