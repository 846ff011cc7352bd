"""The day board: the receptionist's page, all day."""

import reflex as rx

from app import routes
from app.components.board_keys import KEYS
from app.components.board_pane import board_pane
from app.components.board_tools import board_tools
from app.components.day_board import day_board, splitter
from app.components.pane import may_write
from app.components.shell import shell
from app.components.states import empty_state
from app.components.words import t
from app.state.board import BoardFeed, BoardState
from app.state.board_block import BlockState
from app.state.board_booking import BookingState
from app.state.board_move import MovingState
from app.state.board_pane import PaneState
from app.state.board_park import ParkState
from app.state.board_place import PlaceState
from app.state.board_visit import VisitState
from app.state.board_why import WhyState


def board() -> rx.Component:
    """Show one location's day with its pane."""
    return shell(
        rx.cond(
            BoardState.is_denied,
            empty_state("building-2", t("No location is open to you"), t("Ask an administrator to give you one.")),
            rx.el.div(_board(), splitter(label=t("Size of the details")), board_pane(), class_name="board-page"),
        ),
        area=routes.BOARD,
        tools=board_tools(),
        keys=KEYS,
        keys_about=t("They work on the card that has the keyboard's focus, or else on the one that is open."),
        here={"day": BoardState.day, "location": BoardState.location_id},
        zone=BoardState.zone,
    )


def _board() -> rx.Component:
    return rx.el.div(
        day_board(
            feed=BoardFeed.message,
            label=t("Day board"),
            scale=BoardState.scale,
            hidden=BoardState.hidden,
            selected=PaneState.selected,
            picked=PaneState.picked,
            moving=PaneState.moving["id"],
            targets=MovingState.targets,
            mode=BoardState.mode,
            is_table=BoardState.is_table,
            may_write=may_write(),
            parked=ParkState.cards,
            peek=PlaceState.peek,
            why=MovingState.why,
            on_card=PaneState.open_card,
            on_start=BookingState.pick,
            on_target=MovingState.choose,
            on_aim=MovingState.aim,
            on_key=VisitState.press,
            on_undo=PaneState.undo_last,
            on_day=BoardState.turn,
            on_lost=BoardState.resend,
            on_changed=PaneState.card_changed,
            on_leave=PaneState.give_up,
            on_resize=PlaceState.resize,
            on_stretch=BlockState.draw,
            on_unblock=BlockState.unblock,
            on_room=PlaceState.change_room,
            on_peek=PlaceState.look,
            on_why=MovingState.explain,
            on_unpark=ParkState.unpark,
            on_ask=WhyState.ask_here,
            on_column=WhyState.ask_day,
            on_everybody=BoardState.show_everybody,
        ),
        class_name="board-main",
    )
