"""Which system account the embedded PostgreSQL runs as, and what that account can reach.

PostgreSQL refuses to run as root, so root hands it to `postgres` or `nobody`. Folders above ours keep
their mode: opening somebody's home is not ours to do.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from app.infra.embedded.failure import StartFailure
from app.infra.processes.spawn import Account

SHARED_COPIES = Path("/var/lib/holdfast")


def server_account() -> Account | None:
    """Return the account for PostgreSQL when we are root, else None: it then runs as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise StartFailure("PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody'.")


def can_reach(path: Path, *, account: Account | None) -> bool:
    """Whether the account can walk down to this path."""
    if account is None:
        return True
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd / && test -x "$1"', "sh", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        check=False,
    )
    return probe.returncode == 0


def reachable_copy(folder: Path, *, account: Account | None, name: str) -> Path:
    """Return the folder, or a copy of it that the account can reach when it lies under a private one."""
    if can_reach(folder, account=account):
        return folder
    copy = SHARED_COPIES / name
    if not copy.is_dir():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}.new")
        shutil.rmtree(draft, ignore_errors=True)
        SHARED_COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copytree(folder, draft, symlinks=True)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy
