"""Every setting of the product, read from the environment once, with the request's figures as defaults."""

from datetime import time
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """What the installation is for; only a demonstration knows the demonstration logins and mail page."""

    DEMONSTRATION = "demonstration"
    PRODUCTION = "production"


def _url(name: str, default: str = "") -> str:
    return Field(default=default, validation_alias=AliasChoices(name))


class Settings(BaseSettings):
    """Settings by environment variable: servers by their usual URL names, the rest as HOLDFAST_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", extra="ignore", populate_by_name=True)

    mode: Mode = Mode.DEMONSTRATION
    home: Path = ROOT / ".holdfast"
    port: int = 8000
    host: str = "localhost"
    # Further origins (comma-separated, such as https://clinic.example) whose pages may talk to this server.
    public_origins: str = ""
    # Reverse proxies in front that we trust to name the visitor's address (X-Forwarded-For, counted from the end).
    trusted_proxy_hops: int = 0
    connections_per_address: int = 400
    openings_per_minute: int = 600
    web_workers: int = 2

    # Servers. Empty means: the embedded one that `./holdfast up` starts fills it in.
    database_url: str = _url("DATABASE_URL")
    database_owner_url: str = _url("DATABASE_OWNER_URL")
    database_worker_url: str = _url("DATABASE_WORKER_URL")
    redis_url: str = _url("REDIS_URL")
    smtp_url: str = _url("SMTP_URL")
    # s3://KEY:SECRET@host/bucket (or s3+http:// without TLS); empty keeps documents in a folder under `home`.
    storage_url: str = _url("STORAGE_URL")
    master_key: str = ""

    # Database connections of one process: 4 to 8 a core over all processes.
    pool_size: int = 6
    pool_wait_seconds: float = 2.0
    lock_timeout_ms: int = 3_000
    statement_timeout_ms: int = 15_000
    # Between two statements of one transaction; 0 for as long as it takes.
    idle_timeout_ms: int = 60_000
    password_threads: int = 2

    # The booking rules.
    hold_minutes: int = 5
    retry_limit: int = 3
    sweep_batch: int = 100
    horizon_days: int = 84
    holds_per_browser: int = 2
    holds_per_address: int = 20

    # Documents: how large one may be, and for how many days one that was removed can still be brought back by hand.
    document_megabytes: int = 20
    removed_document_days: int = 30

    # Accounts.
    session_idle_minutes: int = 15
    session_hours: int = 12
    kiosk_idle_seconds: int = 30
    kiosk_countdown_seconds: int = 10
    api_token_minutes: int = 15
    # Lets a Prometheus on another machine read /metrics; without one only this machine may.
    metrics_token: str = ""

    # Caches: seconds that a copy may live (the request's section 5.3).
    cache_practitioners_seconds: int = 3_600
    cache_slots_seconds: int = 30
    cache_patient_appointments_seconds: int = 60
    cache_schedules_seconds: int = 7_200
    cache_settings_seconds: int = 86_400
    # How long a verified API token is trusted where nobody hears that it was revoked, as long as a page's session.
    cache_tokens_seconds: int = 2

    # The scheduler.
    sweep_seconds: int = 30
    outbox_seconds: int = 2
    outbox_lease_seconds: int = 60
    outbox_attempts: int = 12
    undo_minutes: int = 3
    waitlist_seconds: int = 2

    # Arrivals: from when on a wait is shown as long and as too long, when a missing patient is asked about, and how
    # long a walk-in waits at most until it is their turn.
    wait_long_minutes: int = 15
    wait_too_long_minutes: int = 30
    no_show_grace_minutes: int = 15
    walk_in_turn_minutes: int = 30

    # The waitlist: how long an offered place is kept, how many one person hears of on a day, and when nobody is
    # written to, by the clock of the place that is offered.
    waitlist_offer_minutes: int = 30
    waitlist_offers_a_day: int = 1
    waitlist_quiet_from: time = time(21)
    waitlist_quiet_until: time = time(8)

    @property
    def is_demonstration(self) -> bool:
        """Whether demonstration logins and the mail page exist."""
        return self.mode is Mode.DEMONSTRATION


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process; read from the environment at the first call."""
    return Settings()
