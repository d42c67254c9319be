"""Programs that tests start and that end with the test run, also when that is killed."""

import contextlib
import ctypes
import signal

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG of Linux; elsewhere nothing is promised


def end_with_parent() -> None:
    """For `preexec_fn`: the program gets SIGTERM when the process that started it is gone."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM)
