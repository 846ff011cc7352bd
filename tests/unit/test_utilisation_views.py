"""What the utilisation page is told of a share."""

from app.services.reports.utilisation import Minutes
from app.state.utilisation_views import NO_SHARE, figures_view


def test_a_share_is_rounded_once_where_it_is_written() -> None:
    """76.546 % is 76.5 % to a reader; rounded to four places before, it would be written as 76.6 %."""
    figures = figures_view(Minutes(bookable=100_000, booked=76_546, attended=0, due=0))
    assert (figures["utilisation"], figures["attendance"]) == (0.76546, NO_SHARE)
