"""What a program asks of the API goes to the API at once; pages, websockets and whoever names an Origin do not."""

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from app.infra.programs_first import ProgramsFirst


def reached(scope: dict[str, Any]) -> list[str]:
    said: list[str] = []

    def part(name: str) -> Any:
        async def answer(_scope: Scope, _receive: Receive, _send: Send) -> None:
            said.append(name)

        return answer

    front = ProgramsFirst(part("pages"), api=part("api"))
    asyncio.run(front({"headers": [], **scope}, None, None))  # type: ignore[arg-type]
    return said


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"type": "http", "path": "/api/v1/slots"}, "api"),
        ({"type": "http", "path": "/api/v1/slots", "headers": [(b"origin", b"https://a.example")]}, "pages"),
        ({"type": "http", "path": "/board"}, "pages"),
        ({"type": "http", "path": "/apix"}, "pages"),
        ({"type": "http", "path": "/auth/token"}, "pages"),
        ({"type": "websocket", "path": "/api/"}, "pages"),
        ({"type": "lifespan"}, "pages"),
    ],
    ids=["program", "page of an origin", "page", "another path", "sign-in", "websocket", "lifespan"],
)
def test_who_goes_where(scope: dict[str, Any], expected: str) -> None:
    assert reached(scope) == [expected]
