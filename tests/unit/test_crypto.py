"""Sealed values open only where they were sealed, and only under their own key."""

import base64
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from app.infra import crypto
from app.infra.crypto import KeyFailure, SealBroken, Vault, new_key
from app.settings import settings

ROW = UUID("01900000-0000-7000-8000-000000000001")
OTHER = UUID("01900000-0000-7000-8000-000000000002")


@pytest.fixture
def master(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    crypto.forget_keys()
    yield monkeypatch
    monkeypatch.undo()
    crypto.forget_keys()


@pytest.mark.parametrize("text", ["", "Ana", "ليلى", "x" * 5000])
def test_a_field_opens_where_it_was_sealed(text: str) -> None:
    vault = Vault(data={1: new_key()}, search=new_key())
    assert vault.open("patients", "name", ROW, vault.seal("patients", "name", ROW, text)) == text


def test_a_field_does_not_open_elsewhere() -> None:
    vault = Vault(data={1: new_key()}, search=new_key())
    sealed = vault.seal("patients", "name", ROW, "Ana")
    for place in (("patients", "name", OTHER), ("patients", "phone", ROW), ("messages", "name", ROW)):
        with pytest.raises(SealBroken):
            vault.open(*place, sealed)


@pytest.mark.parametrize("position", range(34))
def test_a_single_changed_bit_is_noticed(position: int) -> None:
    vault = Vault(data={1: new_key()}, search=new_key())
    sealed = bytearray(vault.seal("patients", "name", ROW, "Ana"))
    assert len(sealed) == 34
    sealed[position] ^= 1
    with pytest.raises(SealBroken):
        vault.open("patients", "name", ROW, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x00\x01short", b"\x09" * 40])
def test_garbage_is_refused(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        Vault(data={1: new_key()}, search=new_key()).open("patients", "name", ROW, sealed)


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    old, new, search = new_key(), new_key(), new_key()
    before, after = Vault(data={1: old}, search=search), Vault(data={1: old, 2: new}, search=search)
    sealed = before.seal("patients", "name", ROW, "Ana")
    assert after.open("patients", "name", ROW, sealed) == "Ana"
    with pytest.raises(SealBroken):
        before.open("patients", "name", ROW, after.seal("patients", "name", ROW, "Ana"))


def test_tokens_differ_by_clinic_and_kind() -> None:
    ours, theirs = (Vault(data={1: new_key()}, search=new_key()) for _ in range(2))
    assert ours.token("name", "ana") == ours.token("name", "ana")
    assert len({ours.token("name", "ana"), ours.token("email", "ana"), theirs.token("name", "ana")}) == 3


def test_keys_do_not_show_in_a_traceback() -> None:
    key = new_key()
    assert repr(key) not in repr(Vault(data={1: key}, search=key))


def test_a_wrapped_key_opens_under_its_master_key_and_context_only(master: pytest.MonkeyPatch) -> None:
    key = new_key()
    wrapped = crypto.wrap(key, context=b"a")
    assert crypto.unwrap(wrapped, context=b"a") == key
    with pytest.raises(SealBroken):
        crypto.unwrap(wrapped, context=b"b")
    master.setattr(settings(), "master_key", base64.b64encode(new_key()).decode())
    crypto.forget_keys()
    with pytest.raises(SealBroken):
        crypto.unwrap(wrapped, context=b"a")


def test_page_state_and_wrapped_keys_never_open_as_each_other() -> None:
    with pytest.raises(SealBroken):
        crypto.unwrap(crypto.seal(b"state", context=b"a"), context=b"a")


def test_data_under_an_unknown_master_key_refuses_the_start() -> None:
    crypto.refuse_unknown_master_key({crypto.master_key_id()})
    crypto.refuse_unknown_master_key(set())
    with pytest.raises(KeyFailure, match="under the master key 0123abcd, but"):
        crypto.refuse_unknown_master_key({crypto.master_key_id(), "0123abcd"})


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_missing_or_malformed_master_key_is_refused(master: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    master.setattr(settings(), "master_key", text)
    master.setattr(settings(), "home", tmp_path)
    with pytest.raises(KeyFailure):
        crypto.master_key()


def test_the_master_key_may_lie_in_a_file(master: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = new_key()
    (tmp_path / "master.key").write_bytes(base64.b64encode(key) + b"\n")
    master.setattr(settings(), "master_key", "")
    master.setattr(settings(), "home", tmp_path)
    assert crypto.master_key() == key
