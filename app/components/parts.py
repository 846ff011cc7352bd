"""Files of our own React components that lie beside the Python module that wraps them."""

import reflex as rx
from reflex_base.environment import environment


def link_parts(*names: str) -> None:
    """Link the files that a component's entry imports, which lie beside the calling module.

    A kept build holds them already, and asking Reflex for each would cost every start of a worker some seconds.
    """
    if environment.REFLEX_SKIP_COMPILE.get():
        return
    for name in names:
        rx.asset(name, shared=True, _stack_level=2)
