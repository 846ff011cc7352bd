"""What the demonstration clinic is made of: sites, rooms, services, people who give care and their hours."""

from dataclasses import dataclass
from datetime import time

NAME = "Riverside Clinics"
CURRENCY = "USD"
PHONE = "+12125550100"
DAY_END = time.max


@dataclass(frozen=True, slots=True)
class Site:
    """A location with its rooms and devices as (name, kind)."""

    name: str
    address: str
    phone: str
    rooms: tuple[tuple[str, str], ...]
    devices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A bookable kind of visit; minutes, and the price in cents."""

    name: str
    specialty: str
    minutes: int
    price: int
    before: int = 0
    after: int = 0
    capacity: int = 1
    prepayment: str = "none"
    hold_minutes: int = 5
    notice_minutes: int = 30
    room_kind: str | None = None
    device_kind: str | None = None
    is_video: bool = False
    needs_referral: bool = False

    @property
    def total_minutes(self) -> int:
        """How long the visit occupies its practitioner."""
        return self.before + self.minutes + self.after


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall-clock hours on some weekdays (0 is Monday); with a service, sessions."""

    weekdays: tuple[int, ...]
    starts: time
    ends: time
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Where a practitioner works, and when."""

    site: str
    hours: tuple[Hours, ...]
    slot_minutes: int = 15


@dataclass(frozen=True, slots=True)
class Person:
    """A practitioner with the posts they hold."""

    name: str
    specialty: str
    languages: tuple[str, ...]
    posts: tuple[Post, ...]


CENTRAL, HARBOUR, LAKESIDE = "Bridge Street", "Harbour Street", "Lakeside"
# It lies in another time zone than the others.
FAR_SITE = LAKESIDE
URGENT, FAMILY, CHILDREN = "Urgent care", "Family medicine", "Paediatrics"
HEART, MOTION = "Cardiology", "Physiotherapy"
VACCINATION = "Group vaccination"
# The practitioner whose login anybody may try: there is always somebody in the room and somebody next.
DOCTOR = "Dr. Eleanor Finch"

SITES = (
    Site(
        CENTRAL,
        "1 Bridge Street, Rivermouth",
        "+12125550101",
        (("Exam 1", "exam"), ("Exam 2", "exam"), ("Exam 3", "exam"), ("Imaging", "imaging")),
        (("Ultrasound", "ultrasound"), ("ECG", "ecg")),
    ),
    Site(
        HARBOUR,
        "20 Harbour Street, Northbank",
        "+12125550102",
        (("Exam 1", "exam"), ("Exam 2", "exam"), ("Gym", "therapy")),
    ),
    Site(
        LAKESIDE,
        "5 Poplar Court, Lakeside",
        "+13125550103",
        (("Exam 1", "exam"), ("Exam 2", "exam"), ("Gym", "therapy")),
    ),
)

SERVICES = (
    Service("Urgent care visit", URGENT, 15, 9_000, notice_minutes=0),
    Service("Family check-up", FAMILY, 30, 12_000),
    Service("Video consultation", FAMILY, 20, 6_500, after=10, prepayment="full", is_video=True),
    Service(VACCINATION, FAMILY, 30, 2_500, after=15, capacity=20),
    Service("Child check-up", CHILDREN, 30, 11_000, before=5, after=10, room_kind="exam"),
    Service("Cardiology consultation", HEART, 45, 22_000, after=15, prepayment="deposit", hold_minutes=30),
    Service(
        "Heart ultrasound",
        HEART,
        40,
        35_000,
        before=5,
        after=15,
        prepayment="full",
        hold_minutes=30,
        room_kind="imaging",
        device_kind="ultrasound",
        needs_referral=True,
    ),
    Service("Physiotherapy", MOTION, 60, 8_500, room_kind="therapy"),
)

WEEK = (0, 1, 2, 3, 4)
OFFICE = (Hours(WEEK, time(8), time(12)), Hours(WEEK, time(13), time(17)))
FAMILY_HOURS = (
    *OFFICE,
    # Open at the weekend too, so that no site's board is ever empty.
    Hours((5, 6), time(9), time(15)),
    Hours((1, 3), time(15, 30), time(17), service=VACCINATION),
)
SHIFTS = ((time(0), time(8)), (time(8), time(16)), (time(16), DAY_END))


def _shifts(place: int) -> tuple[Hours, ...]:
    """Night, day, evening, off: four people take turns, so that somebody is there at any hour of any day."""
    turns = ((weekday, (place + weekday) % 4) for weekday in range(7))
    return tuple(Hours((weekday,), *SHIFTS[turn]) for weekday, turn in turns if turn < len(SHIFTS))


PEOPLE = (
    Person("Dr. Amara Okafor", URGENT, ("en", "fr"), (Post(CENTRAL, _shifts(0)),)),
    Person("Dr. Tomás Herrera", URGENT, ("en", "es"), (Post(CENTRAL, _shifts(1)),)),
    Person("Dr. Ingrid Sørensen", URGENT, ("en", "de"), (Post(CENTRAL, _shifts(2)),)),
    Person("Dr. Farid Haddad", URGENT, ("en", "ar"), (Post(CENTRAL, _shifts(3)),)),
    Person(DOCTOR, FAMILY, ("en",), (Post(CENTRAL, FAMILY_HOURS),)),
    Person("Dr. Marisol Vega", FAMILY, ("en", "es"), (Post(HARBOUR, FAMILY_HOURS),)),
    Person("Dr. Lukas Brandt", FAMILY, ("en", "de"), (Post(LAKESIDE, FAMILY_HOURS),)),
    Person("Dr. Priya Raman", CHILDREN, ("en",), (Post(HARBOUR, OFFICE),)),
    Person("Dr. Noémie Caron", CHILDREN, ("en", "fr"), (Post(LAKESIDE, OFFICE),)),
    Person("Dr. Samuel Adeyemi", HEART, ("en",), (Post(CENTRAL, OFFICE, slot_minutes=30),)),
    Person("Dr. Layla Mansour", HEART, ("en", "ar"), (Post(CENTRAL, OFFICE, slot_minutes=30),)),
    Person(
        "Jonas Weidmann",
        MOTION,
        ("en", "de"),
        (
            Post(HARBOUR, (Hours((0, 1, 2), time(8), time(16)),), slot_minutes=30),
            Post(LAKESIDE, (Hours((3, 4), time(8), time(16)),), slot_minutes=30),
        ),
    ),
)
