"""The places inside Reflex that we lean on are still there: read these first after an upgrade."""

import inspect
from dataclasses import fields
from importlib.metadata import version

from reflex.app import App
from reflex.istate.data import SessionData
from reflex.istate.manager.redis import StateManagerRedis
from reflex.state import BaseState
from reflex.utils.token_manager import LocalTokenManager, RedisTokenManager, SocketRecord
from reflex_base.event.context import EventContext
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext

from app.app import app
from app.infra.page_state import SealedStateManager, SealedTokenManager
from app.state import reflex_names
from app.state.guard import Guard


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("reflex") == "0.10.1"


def test_the_names_of_the_framework_handlers_exist() -> None:
    assert set(RegistrationContext.get().event_handlers) >= reflex_names.FRAMEWORK


def test_states_are_read_by_mget_and_written_by_collect_only() -> None:
    source = inspect.getsource(StateManagerRedis)
    assert source.count("BaseState._deserialize(") == 1
    assert source.count("self.redis.mget(") == 1
    assert source.count("._serialize()") == 1
    assert "._serialize()" in inspect.getsource(StateManagerRedis._collect_state_writes)


def test_the_token_manager_stores_and_hears_where_we_seal() -> None:
    source = inspect.getsource(RedisTokenManager)
    assert source.count("pickle.loads(") == 2
    assert source.count("pickle.dumps(") == 2
    assert source.count("self.redis.publish(") == 1
    assert source.count("pubsub.listen()") == 2


def test_the_guard_is_asked_before_every_handler() -> None:
    source = inspect.getsource(BaseStateEventProcessor._execute_event)
    assert source.index("_preprocess(state, event)") < source.index("process_event(")
    assert isinstance(app._middlewares[0], Guard)


def test_the_whole_tree_is_loaded_when_a_page_boots() -> None:
    assert "subclasses=True" in inspect.getsource(StateManagerRedis.get_state)
    assert "_ROUTER_FIELD_NAMES" in inspect.getsource(BaseState.reset)


def test_the_application_seals_and_serves_websockets_only() -> None:
    assert isinstance(app._state_manager, SealedStateManager)
    assert app.event_namespace is not None
    assert isinstance(app.event_namespace._token_manager, SealedTokenManager)
    assert app.sio is not None
    assert app.sio.eio.transports == ["websocket"]
    assert app.sio.eio.max_http_buffer_size == 64 * 1024
    assert "*" not in app.sio.eio.cors_allowed_origins


def test_a_line_to_a_tab_finds_its_way_and_whether_the_page_is_still_there() -> None:
    assert {field.name for field in fields(EventContext)} >= {"emit_delta_impl", "emit_event_impl"}
    assert {field.name for field in fields(SocketRecord)} >= {"instance_id", "sid"}
    assert {field.name for field in fields(SessionData)} >= {"client_token", "session_id"}
    manager = LocalTokenManager()
    assert (manager.token_to_socket, bool(manager.instance_id)) == ({}, True)


def test_the_application_wraps_what_reflex_serves() -> None:
    assert "api_transformer" in inspect.signature(App).parameters
