"""What the first start puts into the database, and what every start prints about it: logins, or the set-up code."""

from pathlib import Path

from app import routes
from app.cli.say import say, step
from app.infra.embedded.secret_file import write_secret
from app.settings import settings


def fill_once(home: Path, *, empty: bool) -> None:
    """Fill a new database; each way is one transaction, so an interrupted first start simply does it again.

    A database that has a clinic is filled, whatever this home knows of it: after going live nothing comes back.
    """
    from app.services.setup import first_clinic

    note = home / "first-start"
    if note.exists():
        return
    if not first_clinic.has_clinic():
        if empty or not settings().is_demonstration:
            make_empty()
        else:
            load_demonstration()
    write_secret(note, "done")


def load_demonstration() -> bool:
    """Load the demonstration clinic, dated relative to now; False when it is there already."""
    from app.services import demo
    from app.services.clock import utc_now

    with step("Loading the demonstration clinic"):
        return demo.load(now=utc_now())


def make_empty() -> bool:
    """Make the first clinic, which somebody sets up in the browser; False when there is one already."""
    from app.services.clock import utc_now
    from app.services.setup import first_clinic

    return first_clinic.make_first_clinic(now=utc_now())


def print_logins() -> None:
    """Print the demonstration's logins where there is such a clinic; other installations have none."""
    from app.services import demo

    if not (settings().is_demonstration and demo.is_loaded()):
        return
    say("\nDemonstration logins:")
    for login in demo.LOGINS:
        say(f"  {login.role:<14}{login.login:<12}{login.password:<28}{login.display_name}")


def print_code() -> None:
    """Print a new one-time code while the clinic has nobody yet: who does not see this terminal cannot take it."""
    from app.services.setup import first_clinic

    code = first_clinic.renew_code()
    if code is None:
        return
    say("\nThis clinic is not set up yet. Open the guide and give it this code, which is good once:")
    say(f"  http://localhost:{settings().port}{routes.SET_UP}")
    say(f"  set-up code  {code}")
