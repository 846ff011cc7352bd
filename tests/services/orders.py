"""Running a state machine until it has met what it is there to meet."""

from collections import Counter
from collections.abc import Collection

from hypothesis import seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

ROUNDS = 12


def run_until_seen(
    machine: type[RuleBasedStateMachine], steps: settings, *, seen: Counter[str], wanted: Collection[str]
) -> None:
    """Run ``machine`` with one seed after the other until ``seen`` counts all ``wanted``; fail if it never does.

    Which orders a seed gives depends on what else the process has imported, so that no single run can promise them.
    """
    seen.clear()
    for number in range(ROUNDS):
        run_state_machine_as_test(seed(number)(type(machine.__name__, (machine,), {})), settings=steps)
        if all(seen[name] for name in wanted):
            return
    assert [name for name in wanted if not seen[name]] == [], seen
