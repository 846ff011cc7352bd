"""Logs as JSON lines that hold no patient data: only known keys pass, and what looks like a person is masked.

    configure()                       # once a process
    log.info("held", status=201)      # structlog, as everywhere; unknown keys are left out and counted

Records of the standard library take the same way out, with their text masked and, for a failure, its kind and
where it happened instead of its words, which may quote what a person typed.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

NAME_MASK, EMAIL_MASK, PHONE_MASK = "***", "***@***.***", "***-****"
# The request's section 7.2.
MASKS = {
    **dict.fromkeys(("name", "patient_name", "given_name", "family_name", "display_name"), NAME_MASK),
    **dict.fromkeys(("email", "patient_email"), EMAIL_MASK),
    **dict.fromkeys(("phone", "patient_phone"), PHONE_MASK),
}
ALLOWED = frozenset(
    {
        *("event", "level", "logger", "timestamp", "process"),
        *("request_id", "method", "route", "status", "milliseconds", "bytes", "address_kind"),
        *("code", "error", "where", "reason", "outcome", "operation"),
        *("job", "period", "count", "batch", "attempts", "queue", "kind", "channel", "layer", "key", "handler"),
        *("clinic_id", "location_id", "practitioner_id", "appointment_id", "slot_id", "service_id", "event_id"),
        *("service", "port", "version", "seconds"),
    }
)
EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
# Seven digits or more with the separators of telephone numbers, not inside an id, a number or a time.
PHONE = re.compile(r"(?<![\w.:-])\+?\(?\d(?:[ ()./-]{0,2}\d){6,14}(?![\w.:-])")
DATE_OR_TIME = re.compile(r"\d{4}-\d{2}-\d{2}")
QUERY = re.compile(r"\?[^\s\"']*")
FRAMES = 12

_log = structlog.get_logger("holdfast")


def configure(*, level: int = logging.INFO) -> None:
    """Send structlog and the standard library through the same filter to standard error."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _logger_name, *_COMMON, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_COMMON, _json],
    )
    handler = _Stderr()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    # Plain handlers would write everything unmasked; others (a test's) see what they asked for.
    root.handlers[:] = [other for other in root.handlers if type(other) not in (logging.StreamHandler, _Stderr)]
    root.addHandler(handler)
    root.setLevel(max(level, logging.INFO))
    # The HTTP clients and servers would write whole addresses, query strings included.
    for noisy in ("httpx", "httpcore", "granian.access", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _Stderr(logging.StreamHandler):  # type: ignore[type-arg]
    """Write to the standard error of the moment, wherever it leads by then."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.stream = sys.stderr
        super().emit(record)


def log_failure(event: str, failure: BaseException, *, request_id: str = "", **more: Any) -> None:
    """Log an unexpected failure by its kind and place; its own words may quote a person's data."""
    _log.error(event, error=type(failure).__name__, where=where_of(failure), request_id=request_id, **more)


def where_of(failure: BaseException) -> list[str]:
    """Return the innermost frames of a failure as `file:line function`, without any value."""
    frames = traceback.extract_tb(failure.__traceback__)[-FRAMES:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


def masked(text: str) -> str:
    """Return a text with e-mail addresses, telephone numbers and query strings masked."""
    bare = EMAIL.sub(EMAIL_MASK, QUERY.sub("?…", text))
    return PHONE.sub(lambda found: found[0] if DATE_OR_TIME.match(found[0]) else PHONE_MASK, bare)


def only_known(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the allowed keys, mask the person's, and leave the rest out."""
    kept: dict[str, Any] = {}
    for key, value in event.items():
        if key in MASKS:
            kept[key] = MASKS[key]
        elif key in ALLOWED:
            kept[key] = _plain(value)
    left_out = sorted(set(event) - set(kept) - {"exc_info", "stack_info"})
    if left_out:
        kept["left_out"] = len(left_out)
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return masked(str(value))


def _failure(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    failure = info[1] if isinstance(info, tuple) else info
    if isinstance(failure, BaseException):
        event["error"], event["where"] = type(failure).__name__, where_of(failure)
    return event


def _logger_name(logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.setdefault("logger", getattr(logger, "name", None) or "holdfast")
    return event


_json = structlog.processors.JSONRenderer()
_COMMON: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _failure,
    only_known,
]
