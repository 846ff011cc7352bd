"""Series among all other verbs, in any order: plans come true, and every promise of the machine holds."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.services.series import cancel
from tests.services.orders import run_until_seen
from tests.services.series_machine import MUST_BE_SEEN, SeriesMachine

pytestmark = pytest.mark.usefixtures("database")
STEPS = settings(
    max_examples=5,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    # What fails is found again in seconds; a smaller example takes minutes.
    phases=[Phase.generate],
)
# A control only has to fail.
CONTROL = settings(STEPS, max_examples=200, report_multiple_bugs=False)


def test_plans_of_series_come_true_in_any_order_of_verbs() -> None:
    run_until_seen(SeriesMachine, STEPS, seen=SeriesMachine.noted, wanted={"booked whole"})


@pytest.mark.long
def test_plans_of_series_come_true_in_many_more_orders() -> None:
    many = settings(STEPS, max_examples=40, stateful_step_count=50)
    run_until_seen(SeriesMachine, many, seen=SeriesMachine.noted, wanted=MUST_BE_SEEN)


@pytest.mark.long
def test_control_a_cancellation_that_takes_all_of_a_series_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancel, "concerned", lambda members, *_, **__: (members, []))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(SeriesMachine, settings=CONTROL)
