"""The kept frontend: one build a content, any port, and Reflex' internal names still mean what we rely on."""

from pathlib import Path
from threading import Thread

import pytest
from reflex.app import App
from reflex_base.environment import environment

from app.infra import frontend
from app.infra.embedded.failure import StartFailure
from app.infra.frontend import FrontendBuild


def _checkout(root: Path) -> Path:
    for name in ("app/pages/home.py", "app/services/hold.py", "assets/house.css", "rxconfig.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def test_a_changed_page_is_another_content_and_a_changed_service_is_not(tmp_path: Path) -> None:
    root = _checkout(tmp_path)
    before = frontend.content_hash(root)
    (root / "app/services/hold.py").write_text("changed")
    assert frontend.content_hash(root) == before
    (root / "app/pages/home.py").write_text("changed")
    assert frontend.content_hash(root) != before


def test_a_renamed_asset_is_another_content(tmp_path: Path) -> None:
    root = _checkout(tmp_path)
    before = frontend.content_hash(root)
    (root / "assets/house.css").rename(root / "assets/other.css")
    assert frontend.content_hash(root) != before


def test_another_port_needs_no_new_build(tmp_path: Path) -> None:
    chunk = tmp_path / "assets" / "reflex-env-abc.js"
    chunk.parent.mkdir()
    chunk.write_text("PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`,N:18000")
    (chunk.parent / "reflex-env-abc.js.gz").write_text("stale")
    frontend.set_port(tmp_path, port=9123)
    assert chunk.read_text() == "PING:`http://localhost:9123/ping`,EVENT:`ws://localhost:9123/_event`,N:18000"
    assert not (chunk.parent / "reflex-env-abc.js.gz").exists()


def test_a_build_that_names_no_backend_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartFailure, match="names no backend"):
        frontend.set_port(tmp_path, port=9123)


def test_two_runs_of_one_checkout_build_in_turn_and_the_second_takes_what_the_first_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, kept = _checkout(tmp_path / "root"), tmp_path / "kept"
    begun: list[FrontendBuild] = []
    first, second = (FrontendBuild(kept=kept, log=tmp_path / f"{name}.log", root=root) for name in ("one", "two"))
    monkeypatch.setattr(FrontendBuild, "_begin", lambda self: begun.append(self))
    first.start(mark={})
    second.start(mark={})
    assert begun == [first]
    waiting = Thread(target=second.finish)
    waiting.start()
    (kept / frontend.content_hash(root) / "build").mkdir(parents=True)
    first.finish()
    waiting.join(timeout=60)
    assert not waiting.is_alive()
    assert begun == [first]


def test_reflex_reads_the_names_that_serve_a_kept_build(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*frontend.SERVE_KEPT_BUILD, frontend.WEB_FOLDER):
        monkeypatch.delenv(name, raising=False)
    assert environment.REFLEX_SKIP_COMPILE.name in frontend.SERVE_KEPT_BUILD
    assert environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.name in frontend.SERVE_KEPT_BUILD
    assert environment.REFLEX_ENV_MODE.name in frontend.SERVE_KEPT_BUILD
    assert environment.REFLEX_WEB_WORKDIR.name == frontend.WEB_FOLDER
    assert App._should_compile(None) is True  # type: ignore[arg-type]
    for name, value in frontend.SERVE_KEPT_BUILD.items():
        monkeypatch.setenv(name, value)
    assert App._should_compile(None) is False  # type: ignore[arg-type]
    assert environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.get() is True


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("error: ENOSPC writing file", "disk is full"),
        ("error: ConnectionRefused downloading package manifest react", "cannot be reached"),
        ("SyntaxError", "its own words are in"),
    ],
)
def test_a_failed_build_is_explained_in_one_sentence(words: str, sentence: str) -> None:
    assert sentence in frontend.explain(words, log=Path("frontend.log"))
