"""Simulators in processes of their own: python -m tests.simulators.

Everything is imported once; for each line of JSON on its input, a list of what `python -m notifiers.simulator` takes, a copy is forked that
is such a simulator, and its process id and address are printed. The copies end when this process does."""

import json
import os
import signal
import sys

from notifiers.simulator.__main__ import main as simulator


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies
    ended, alive = os.pipe()
    for line in sys.stdin:
        read, write = os.pipe()
        copy = os.fork()
        if copy == 0:
            os.close(alive)
            os.dup2(ended, 0)  # ends with this process, which alone holds the other end
            os.dup2(write, 1)
            simulator([*json.loads(line), "--until-input-ends"])
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as said:
            print(json.dumps({"pid": copy, "url": (said.readline().split() or [""])[-1]}), flush=True)


if __name__ == "__main__":
    main()
