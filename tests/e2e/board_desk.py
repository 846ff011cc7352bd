"""The day board in the hands of somebody who works at it all day: booking in every way that it has, and moving."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from app.services.phones import readable_phone
from tests.e2e.board_hands import middle_of
from tests.e2e.board_page import FreeStart, column_of, details_of, go_to
from tests.e2e.day_ground import NewPatient


@dataclass(frozen=True, slots=True)
class Card:
    """An appointment on the board: its id, of whom, and where it stands."""

    key: str
    patient: str
    start: FreeStart


def free_place(page: Page, start: FreeStart) -> Locator:
    """Return the free time as the board draws it."""
    return column_of(page, start).get_by_role("button", name=start.time)


def card_at(page: Page, start: FreeStart, *, patient: str, status: str = "Booked") -> Locator:
    """Return the card that begins at the start."""
    clock = rf"0?{start.starts_at.hour}:{start.starts_at:%M}\D"
    name = re.compile(rf"^{clock}.*{re.escape(patient)}, .*, {status}$")
    return column_of(page, start).get_by_role("button", name=name)


def card_of(page: Page, key: str) -> Locator:
    """Return a card by its appointment, wherever it stands."""
    return page.locator(f'.db-card[data-key="{key}"]')


def call_up(page: Page, *, phone: str) -> str:
    """Find who is on the phone by their number and take them with Enter; return the name."""
    pane = details_of(page)
    pane.get_by_label("Find a patient").fill(phone)
    expect(pane.get_by_role("list", name="Patients found").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Enter")
    return _chosen(page)


def add_patient(page: Page, new: NewPatient) -> str:
    """Make a file in place for somebody who has none; return the name."""
    pane = details_of(page)
    pane.get_by_role("button", name="New patient").click()
    fields = {"Given name": new.given_name, "Family name": new.family_name}
    for label, text in {**fields, "Birth date": new.birth_date, "Phone": new.phone}.items():
        pane.get_by_label(label).fill(text)
    pane.get_by_role("button", name="Add the patient").click()
    assert _chosen(page) == new.name
    return new.name


def book(page: Page, start: FreeStart, *, phone: str = "", new: NewPatient | None = None) -> Card:
    """Click into free time, find or make the patient, and book."""
    free_place(page, start).click()
    expect(details_of(page).get_by_role("heading", name="New appointment")).to_be_visible()
    patient = add_patient(page, new) if new else call_up(page, phone=phone)
    details_of(page).get_by_role("button", name="Book", exact=True).click()
    return booked(page, start, patient)


def book_by_keys(page: Page, start: FreeStart, *, phone: str) -> Card:
    """Book without touching the mouse."""
    free_place(page, start).focus()
    page.keyboard.press("Enter")
    expect(details_of(page).get_by_label("Find a patient")).to_be_focused()
    patient = call_up(page, phone=phone)
    expect(details_of(page).get_by_role("button", name="Book", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    return booked(page, start, patient)


def book_from_file(page: Page, start: FreeStart, *, phone: str) -> Card:
    """Look somebody up from anywhere, open the file, and book from there."""
    page.keyboard.press("Control+k")
    page.keyboard.type(phone)
    found = page.get_by_role("group", name="Patients").get_by_role("option")
    expect(found).to_have_count(1)
    page.keyboard.press("Enter")
    # By the number it is seen that it is the caller's file.
    expect(page.get_by_role("article").get_by_role("link", name=readable_phone(phone))).to_be_visible()
    name = page.locator("#file-name").text_content() or ""
    page.get_by_role("main").get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text(f"Choose a free time for {name}.")).to_be_visible()
    go_to(page, start)
    free_place(page, start).click()
    assert _chosen(page) == name
    details_of(page).get_by_role("button", name="Book", exact=True).click()
    return booked(page, start, name)


def hold_and_confirm(page: Page, start: FreeStart, *, phone: str) -> Card:
    """Keep a time while the caller still asks at home, and book it when they say yes."""
    free_place(page, start).click()
    patient = call_up(page, phone=phone)
    details_of(page).get_by_role("button", name="Hold", exact=True).click()
    expect(card_at(page, start, patient=patient, status="Held")).to_be_visible()
    details_of(page).get_by_role("button", name="Confirm").click()
    return booked(page, start, patient)


def draw(page: Page, start: FreeStart, *, quarters: int) -> None:
    """Draw over empty time with the mouse, from a free start on."""
    place = free_place(page, start)
    x, _ = middle_of(place)
    box = place.bounding_box()
    assert box is not None
    page.mouse.move(x, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(x, box["y"] + (quarters - 0.5) * box["height"], steps=4)
    expect(page.locator(".db-band")).to_be_visible()
    page.mouse.up()


def book_drawn(page: Page, start: FreeStart, *, phone: str) -> Card:
    """Draw over empty time and book what was drawn."""
    draw(page, start, quarters=1)
    details_of(page).get_by_role("button", name="Book here").click()
    patient = call_up(page, phone=phone)
    details_of(page).get_by_role("button", name="Book", exact=True).click()
    return booked(page, start, patient)


def booked(page: Page, start: FreeStart, patient: str) -> Card:
    """Wait until it stands on the board, and return it."""
    card = card_at(page, start, patient=patient)
    expect(card).to_be_visible()
    return Card(card.get_attribute("data-key") or "", patient, start)


def drag(page: Page, card: Card, to: FreeStart) -> Card:
    """Drag a card with the mouse to another time, there or in another column, and say yes."""
    _lift(page, card_of(page, card.key))
    _drop(page, to)
    return _moved(page, card, to)


def drag_from_strip(page: Page, card: Card, to: FreeStart) -> Card:
    """Drag a parked card from the strip into the day that is shown, and say yes."""
    _lift(page, page.locator(f'[data-parked="{card.key}"]'))
    _drop(page, to)
    return _moved(page, card, to)


def park(page: Page, card: Card) -> None:
    """Drag a card onto the parking strip, where it keeps its place for now."""
    _lift(page, card_of(page, card.key))
    page.mouse.move(*middle_of(page.get_by_role("group", name="Parked", exact=True)), steps=6)
    page.mouse.up()
    expect(page.locator(f'[data-parked="{card.key}"]')).to_be_visible()
    page.keyboard.press("Escape")


def cut_and_paste(page: Page, card: Card, to: FreeStart) -> Card:
    """Cut a card and paste it at the next free time below."""
    card_of(page, card.key).focus()
    page.keyboard.press("Control+x")
    _walk_to(page, card, to)
    page.keyboard.press("Control+v")
    return _moved(page, card, to)


def move_by_keys(page: Page, card: Card, to: FreeStart) -> Card:
    """Pick a card up, walk down to a free time, and drop it."""
    card_of(page, card.key).focus()
    page.keyboard.press("m")
    _walk_to(page, card, to)
    page.keyboard.press("Enter")
    return _moved(page, card, to)


def move_by_button(page: Page, card: Card, to: FreeStart) -> Card:
    """Open a card, press its Move button, and click where it goes."""
    card_of(page, card.key).click()
    pane = details_of(page)
    expect(pane.get_by_role("heading", name=card.patient)).to_be_visible()
    pane.get_by_role("button", name="Move", exact=True).click()
    _wait_until_lifted(page, card)
    free_place(page, to).click()
    return _moved(page, card, to)


def lengthen(page: Page, card: Card, *, quarters: int) -> None:
    """Draw a card to so many quarters of an hour by its lower edge."""
    box = card_of(page, card.key).bounding_box()
    assert box is not None
    page.mouse.move(*middle_of(card_of(page, card.key).locator(".db-grip")))
    page.mouse.down()
    x, y = middle_of(card_of(page, card.key))
    page.mouse.move(x, y + (quarters - 0.5) * box["height"], steps=4)
    page.mouse.up()
    expect(page.get_by_text(f"lasts {15 * quarters} minutes now")).to_be_visible()


def cancel(page: Page, card: Card) -> None:
    """Cancel an appointment; the patient is told."""
    card_of(page, card.key).click()
    pane = details_of(page)
    expect(pane.get_by_role("heading", name=card.patient)).to_be_visible()
    pane.get_by_role("button", name="Cancel", exact=True).click()
    pane.get_by_role("button", name="Cancel the appointment").click()
    expect(pane.get_by_text("Cancelled").first).to_be_visible()


def _chosen(page: Page) -> str:
    chosen = details_of(page).locator(".pane-chosen strong")
    expect(chosen).to_be_visible()
    return chosen.text_content() or ""


def _lift(page: Page, thing: Locator) -> None:
    x, y = middle_of(thing)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y + 12, steps=3)
    expect(page.locator(".db-ghost")).to_be_visible()


def _drop(page: Page, to: FreeStart) -> None:
    # Where it may go is light as soon as the server has said so.
    expect(page.locator(".db[data-moving]")).to_be_visible()
    expect(free_place(page, to)).to_be_visible()
    page.mouse.move(*middle_of(free_place(page, to)), steps=6)
    page.mouse.up()


def _wait_until_lifted(page: Page, card: Card) -> None:
    """Wait until this card is what is moved, and no longer the one before it."""
    expect(card_of(page, card.key)).to_have_attribute("data-moving", "true")
    expect(page.locator(".db[data-moving]")).to_be_visible()


def _walk_to(page: Page, card: Card, to: FreeStart) -> None:
    """Walk down with the arrows until the keyboard stands on the time."""
    _wait_until_lifted(page, card)
    expect(free_place(page, to)).to_be_visible()
    for _ in range(4):
        if free_place(page, to).evaluate("place => place === document.activeElement"):
            return
        page.keyboard.press("ArrowDown")
    expect(free_place(page, to)).to_be_focused()


def _moved(page: Page, card: Card, to: FreeStart) -> Card:
    """Say yes to old and new time, and wait until the card stands there."""
    yes = details_of(page).get_by_role("button", name="Move here")
    expect(yes).to_be_focused()
    page.keyboard.press("Enter")
    expect(card_at(page, to, patient=card.patient)).to_be_visible()
    return Card(card.key, card.patient, to)
