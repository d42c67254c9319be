"""Programs that tests start and that end with the test run, also when that is killed."""

import atexit
import contextlib
import ctypes
import os
import signal
from types import FrameType

import psutil

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG of Linux; elsewhere nothing is promised


def end_with_parent() -> None:
    """For `preexec_fn`, or first thing in a forked process: it gets SIGTERM when the process that started it is gone."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM)


def end_whole(within: float) -> None:
    """From now on SIGTERM ends this process with everything it started, killed if it is still there after `within` seconds: what tests run
    is left to nobody."""

    def end(number: int, _: FrameType | None) -> None:
        started = psutil.Process().children(recursive=True)
        for each in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.terminate()
        for each in psutil.wait_procs(started, timeout=within)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        atexit._run_exitfuncs()  # stops the servers of PostgreSQL, which are nobody's children
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, end)
