"""Why messages did not reach, in classes a person can act on."""

import pytest

from command.messages import failures, losses
from command.messages.losses import Loss

pytestmark = pytest.mark.proves("B11", "R19")


def test_reasons_are_put_into_classes_the_most_frequent_first() -> None:
    found = losses.classed([("30003", 3), ("21211", 4), ("30008", 9), ("opted_out", 1), ("validity_over", 2), ("?", 1)])
    assert found == (
        Loss(failures.UNREACHABLE, 12, (("30008", 9), ("30003", 3))),
        Loss(failures.INVALID, 4, (("21211", 4),)),
        Loss(failures.LATE, 2, (("validity_over", 2),)),
        Loss(failures.OTHER, 1, (("?", 1),)),
        Loss(failures.REFUSED, 1, (("opted_out", 1),)),
    )
    assert all(each.kind in failures.WORDS and each.kind in failures.REMEDIES for each in found)
