"""The data folder: one run at a time, room enough, one master key for ever."""

import shutil
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from app.cli.up import check_port
from app.infra.embedded.failure import StartFailure
from app.infra.embedded.ports import free_port
from app.infra.processes.home import Home, HomeInUse


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with Home(tmp_path).locked(), pytest.raises(HomeInUse, match="already runs"), Home(tmp_path).locked():
        pass
    with Home(tmp_path).locked():
        pass


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 5_000_000))
    with pytest.raises(StartFailure, match="The disk is full"):
        Home(tmp_path).check_room()


def test_the_master_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.ensure_master_key(given="")
    key = (tmp_path / "master.key").read_text()
    home.ensure_master_key(given="")
    assert (tmp_path / "master.key").read_text() == key
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_data_whose_master_key_is_gone_are_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.postgres.mkdir()
    (home.postgres / "PG_VERSION").write_text("18\n")
    with pytest.raises(StartFailure, match=r"master\.key is missing"):
        home.ensure_master_key(given="")
    home.ensure_master_key(given="a key from the environment")


def test_a_taken_port_is_refused_and_a_free_one_is_not() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StartFailure, match="is taken"):
            check_port(taken.getsockname()[1])
    check_port(free_port())


@pytest.mark.parametrize("port", [0, -1, 70_000])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(StartFailure, match="no port number"):
        check_port(port)
