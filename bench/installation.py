"""A whole installation for a measurement: servers, pages and scheduler as `./holdfast up` starts them, in a home of
its own that is thrown away."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.run import Run
from app.infra.embedded.ports import free_port
from app.infra.processes.home import Home, raise_file_limit
from app.settings import settings


@contextmanager
def installation(*, port: int | None = None) -> Iterator[Run]:
    """Start everything but the web workers, which the caller starts once the data are there."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    folder.chmod(0o755)
    os.environ |= {"HOLDFAST_HOME": str(folder), "HOLDFAST_PORT": str(port or free_port())}
    settings.cache_clear()
    home = Home(folder)
    with home.locked():
        home.ensure_master_key(given=settings().master_key)
        raise_file_limit()
        run = Run(home)
        run.supervisor.listen()
        try:
            run.start_guardian()
            run.begin_frontend()
            run.start_servers()
            run.migrate()
            yield run
        finally:
            run.forget_owner()
            run.stop()
            shutil.rmtree(folder, ignore_errors=True)
