"""The demonstration clinic: synthetic, the same for the same moment, in the middle of a working day when it is loaded.

First the story book makes up who comes when, in a time zone where it is day (`where`), and is copied in as rows. Then
verbs add what rows would not: files (`files`), walk-ins and bookings (`desk`), and what waits for somebody
(`worklists`), for those whom a newcomer meets first (`cast`). All of it is one transaction (`loading`).

from app.services import demo
demo.load(now=utc_now())     # False when it is there already; refused in production
demo.is_loaded()
demo.LOGINS                  # role, login, password, display name
"""

from app.services.demo.loading import CLINIC_ID, is_loaded, load
from app.services.demo.logins import LOGINS, Login

__all__ = ["CLINIC_ID", "LOGINS", "Login", "is_loaded", "load"]
