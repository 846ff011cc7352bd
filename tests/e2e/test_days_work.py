"""A day's work at the front desk, all of it in one browser, and what the database says of it in the evening.

Forty appointments are made and each is moved, two people walk in, a doctor falls sick, a colleague takes over at the
same computer and closes the day.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import board_desk as desk
from tests.e2e import day_arrivals as arrivals
from tests.e2e import day_evening as evening
from tests.e2e import day_worklists as worklists
from tests.e2e.board_desk import Card
from tests.e2e.board_hands import undo
from tests.e2e.board_page import board_of, details_of, go_to, sign_in
from tests.e2e.day_book import Book
from tests.e2e.day_ground import MORNING, Ground, make_ground
from tests.e2e.day_handover import hand_over, set_pin
from tests.running_clinic import RunningClinic

# Ten times of the day with four doctors each.
ROWS = tuple(f"{11 + row // 2}:{30 * (row % 2):02}" for row in range(10))
QUARTER = timedelta(minutes=15)
SICK = 3


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_days_work_from_the_first_call_to_the_closed_day(page: Page, clinic: RunningClinic) -> None:
    ground = make_ground(clinic)
    book = Book(clinic, ground)
    for role in ("manager", "receptionist"):
        sign_in(page, role=role)
        set_pin(page, role)
    board_of(page)
    go_to(page, ground.at(ground.doctors[0], ROWS[0]))
    cards = book_forty(page, ground)
    assert book.count("booked") == len(cards) + len(MORNING) == 43
    cards = move_forty(page, ground, cards)
    assert book.moved() == {card.key for card in cards}
    tidy_the_board(page, ground, book, cards)
    fall_sick(page, ground, book, cards)
    fill_a_freed_place(page, ground, book)
    lead_the_morning(page, ground, book)
    hand_over(page, to="manager")
    expect(page.get_by_role("combobox", name="Location")).to_contain_text(ground.place)
    lead_the_afternoon(page, ground, book)
    close_the_day(page, ground, book, cards)
    book.assert_sound()


def book_forty(page: Page, ground: Ground) -> list[Card]:
    """Book each time of the day with each doctor, in one way after the other."""
    phones, newcomers = iter(ground.reached), iter(ground.newcomers)
    cards = []
    for row, clock in enumerate(ROWS):
        for doctor in ground.doctors:
            start = ground.at(doctor, clock)
            if row < 4:
                # No letter reaches the sick doctor's first patients: they are to be called later.
                phone = ground.unreached[row] if doctor == ground.doctors[SICK] else next(phones)
                cards.append(desk.book(page, start, phone=phone))
            elif row < 6:
                cards.append(desk.book(page, start, new=next(newcomers)))
            else:
                way = (desk.book_by_keys, desk.book_from_file, desk.hold_and_confirm, desk.book_drawn)[row - 6]
                cards.append(way(page, start, phone=next(phones)))
    return cards


def move_forty(page: Page, ground: Ground, cards: list[Card]) -> list[Card]:
    """Move every one of them: most by hand, to the next quarter of an hour or another doctor, four to tomorrow."""
    moved, parked = [], []
    for number, card in enumerate(cards):
        row, column = divmod(number, len(ground.doctors))
        later = card.start.later(QUARTER)
        if row < 4:
            moved.append(desk.drag(page, card, later))
        elif row < 6:
            moved.append(desk.drag(page, card, later.with_(ground.doctors[(column + 1) % len(ground.doctors)])))
        elif row < 9:
            way = (desk.cut_and_paste, desk.move_by_button, desk.move_by_keys)[row - 6]
            moved.append(way(page, card, later))
        else:
            desk.park(page, card)
            parked.append(card)
    page.keyboard.press("PageDown")
    for card in parked:
        moved.append(desk.drag_from_strip(page, card, card.start.later(timedelta(days=1))))
    page.keyboard.press("t")
    return moved


def tidy_the_board(page: Page, ground: Ground, book: Book, cards: list[Card]) -> None:
    """Draw a card longer and take that back; block an hour of empty time."""
    first = cards[0]
    desk.lengthen(page, first, quarters=2)
    assert book.minutes(first.key) == 30
    undo(page)
    assert book.minutes(first.key) == 15
    desk.draw(page, ground.at(ground.doctors[0], "16:30"), quarters=4)
    pane = details_of(page)
    pane.get_by_label("Reason").fill("Team meeting")
    pane.get_by_role("button", name="Block this time").click()
    expect(page.get_by_role("button", name=re.compile("blocked: Team meeting$"))).to_be_visible()
    assert book.blocked() == [("Team meeting", 60)]


def fall_sick(page: Page, ground: Ground, book: Book, cards: list[Card]) -> None:
    """A doctor is away for the day: one patient gives up, one wants tomorrow, the rest is moved in one go."""
    mine = [card.patient for card in cards if book.stands(card.key, doctor=ground.doctors[SICK], day=ground.day)]
    worklists.enter_absence(page, ground, ground.doctors[SICK], displaced=len(mine))
    tomorrow, *_, given_up = mine
    worklists.cancel_displaced(page, given_up)
    worklists.choose_by_hand(page, tomorrow, day=ground.day + timedelta(days=1))
    worklists.move_everybody(page, count=len(mine) - 1)
    worklists.call_all(page, count=book.uncalled())
    worklists.choose_place(page, "All locations")
    assert book.displaced() == {"moved": len(mine) - 1, "cancelled": 1}
    assert book.uncalled() == 0


def fill_a_freed_place(page: Page, ground: Ground, book: Book) -> None:
    """Both places of the afternoon are taken; one is freed, and who waits for it gets it."""
    *_, first, second, waiting = ground.reached
    page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Day board").click()
    board_of(page)
    places = [ground.at(ground.afternoon_doctor, clock) for clock in ("15:00", "15:30")]
    taken = [desk.book(page, place, phone=phone) for place, phone in zip(places, (first, second), strict=True)]
    worklists.open_list(page, "Waitlist")
    name = worklists.join_waitlist(page, ground, phone=waiting, doctor=ground.afternoon_doctor)
    page.get_by_role("navigation", name="Work areas").get_by_role("link", name="Day board").click()
    board_of(page)
    desk.cancel(page, taken[0])
    worklists.open_list(page, "Waitlist")
    worklists.accept_offer(page, name)
    assert book.through_waitlist(ground.afternoon_doctor) == [("booked", "15:00")]


def lead_the_morning(page: Page, ground: Ground, book: Book) -> None:
    """Of this morning's three one never comes and one comes late; two walk in, and the urgent one is seen first."""
    arrivals.open_arrivals(page, ground)
    missing, late, in_time = (arrivals.expected_at(page, clock) for _, clock in MORNING)
    arrivals.miss(page, missing)
    arrivals.arrive(page, in_time)
    arrivals.arrive_late(page, late)
    walked_in = arrivals.let_in(page, ground, new=ground.newcomers[-1])
    urgent = arrivals.let_in(page, ground, phone=ground.reached[-4])
    arrivals.more(page, "waiting", urgent, "Urgent: comes first")
    expect(arrivals.row(page, "waiting", urgent)).to_contain_text("Urgent")
    assert arrivals.call_next(page) == urgent
    arrivals.see(page, urgent)
    assert {arrivals.call_next(page) for _ in range(2)} == {in_time, late}
    for patient in (in_time, late):
        arrivals.see(page, patient)
    arrivals.more(page, "waiting", walked_in, "Has left")
    expect(arrivals.row(page, "waiting", walked_in)).to_have_count(0)
    assert (book.count("fulfilled"), book.count("noshow")) == (3, 1)


def lead_the_afternoon(page: Page, ground: Ground, book: Book) -> None:
    """Everybody else comes; two are led to the end of their visits at the desk."""
    arrivals.open_arrivals(page, ground)
    came = arrivals.arrive_all(page)
    assert came == book.count("arrived")
    for _ in range(2):
        arrivals.see(page, arrivals.call_next(page))


def close_the_day(page: Page, ground: Ground, book: Book, cards: list[Card]) -> None:
    """Whoever is still here is done; the sheet is printed and exported, the day closed, and nobody left signed in."""
    evening.open_close(page, ground)
    evening.settle_all(page, "Arrived and not done", press="All done")
    printed, exported = evening.take_sheets(page)
    kept = book.kept()
    today = [card.patient for card in cards if card.key in kept]
    assert [patient for patient in today if patient not in printed or patient not in exported] == []
    evening.close_day(page)
    evening.sign_out(page)
    assert book.closes() == [("manager", 0, ground.day, True)]
    assert book.count("arrived") == book.count("checked-in") == 0
    deeds = book.deeds()
    assert deeds["reschedule"] >= len(cards)
    assert book.letters([card.key for card in cards]) == [
        ("appointment.confirmed", len(cards), False),
        ("appointment.rescheduled", len(cards), False),
    ]
