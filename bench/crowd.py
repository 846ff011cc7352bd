"""Who clicks in `bench flash`: orders for the processes of the crowd, and what their clicks came to."""

import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from secrets import token_hex
from typing import Any
from uuid import UUID

from app.services.accounts import api_clients
from app.services.accounts.operator import operator_of
from app.services.clock import utc_now
from app.settings import ROOT
from bench.sessions import SERVICE, next_patient
from models.db import transaction

PATH = "/api/v1/appointments"
SCOPES = ["appointments:write", "slots:read"]
# Long enough for the processes to read their orders.
HEAD_START_SECONDS = 3.0


def client_token(port: int) -> str:
    """Make an API client and return a token of it, as any program gets one."""
    operator = operator_of()
    with transaction(operator) as session:
        made = api_clients.create(session, operator, name="flash", scopes=SCOPES, now=utc_now())
    form = {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": made.client_secret}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/auth/token", urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return str(json.load(answer)["access_token"])


def click(
    slots: Sequence[UUID], *, clicks: int, within: float, processes: int, port: int, token: str
) -> list[dict[str, Any]]:
    """Let so many people click, evenly spread over the seconds, and return what each click came to."""
    ordered = [
        {
            "at": number * within / clicks,
            "key": token_hex(12),
            "body": json.dumps(
                {
                    "slot_id": str(slots[number % len(slots)]),
                    "service_id": str(SERVICE),
                    "patient_id": str(next_patient()),
                }
            ),
        }
        for number in range(clicks)
    ]
    target = {"host": "127.0.0.1", "port": port, "path": PATH, "token": token}
    begin = time.time() + HEAD_START_SECONDS
    started = [
        _started({"clicks": ordered[part::processes], "target": target, "begin": begin}) for part in range(processes)
    ]
    return [json.loads(line) for process in started for line in _said(process).splitlines()]


def _started(orders: dict[str, Any]) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.clicks"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(orders))
    process.stdin.close()
    process.stdin = None
    return process


def _said(process: "subprocess.Popen[str]") -> str:
    said, _ = process.communicate()
    if process.returncode != 0:
        raise RuntimeError("A process of the crowd failed.")
    return said
