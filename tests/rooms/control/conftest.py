from tests.fixtures.line import (  # noqa: F401 - fixtures of this room
    burst_main,
    conversation,
    nowhere,
    order_of,
    register,
    report,
    rules_in_force,
    texts,
)
