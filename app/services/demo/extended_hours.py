"""The first day's further hours: at the weekend too, a working day is under way when the demonstration begins.

The offices are closed then, and a board of closed columns shows nobody how the clinic works. So whoever would not be
at work at that moment has extended hours around it, on that one day, as anybody can enter them in the settings. The
round-the-clock desk needs none.
"""

from datetime import datetime, time, timedelta

from app.services.demo.catalogue import DAY_END, SITES, URGENT, Person, Post
from app.services.demo.where import Whereabouts
from app.services.schedules.rules import DayException

BEFORE, AFTER = timedelta(hours=3), timedelta(hours=4)
# Who leaves within this time is as good as gone.
STILL_HERE = timedelta(hours=1)


def extended_hours(person: Person, now: datetime, where: Whereabouts) -> tuple[tuple[Post, DayException], ...]:
    """Return the further hours of this day and the post where they are; nothing for who is at work anyway."""
    if person.specialty == URGENT or any(_is_at_work(post, _clock(post, now, where)) for post in person.posts):
        return ()
    weekday = _clock(person.posts[0], now, where).weekday()
    post = next((one for one in person.posts if _hours_on(one, weekday)), person.posts[0])
    local = _clock(post, now, where)
    midnight = datetime.combine(local.date(), time.min)
    begins, ends = max(local - BEFORE, midnight), local + AFTER
    until = DAY_END if ends.date() > local.date() else time(ends.hour)
    return ((post, DayException(on=local.date(), starts=time(begins.hour), ends=until, is_closed=False)),)


def _is_at_work(post: Post, local: datetime) -> bool:
    """Tell whether the post's day is under way, its lunch hour included, and not about to end."""
    spans = _hours_on(post, local.weekday())
    if not spans:
        return False
    begins, ends = (datetime.combine(local.date(), edge) for edge in (min(spans)[0], max(spans)[1]))
    return begins <= local <= ends - STILL_HERE


def _hours_on(post: Post, weekday: int) -> list[tuple[time, time]]:
    return [(one.starts, one.ends) for one in post.hours if weekday in one.weekdays and one.service is None]


def _clock(post: Post, now: datetime, where: Whereabouts) -> datetime:
    """Return what the clock shows where the post is."""
    site = next(site for site in SITES if site.name == post.site)
    return now.astimezone(where.of(site)).replace(tzinfo=None)
