"""Becomes another program that cannot outlive the supervisor that started it.

``python launcher.py <supervisor's pid> <program> <argument>…``. A supervisor killed with
``kill -9`` can stop nobody, so the kernel is asked to: on Linux each child is killed when its
parent dies. The wish survives exec and is not inherited by grandchildren. SIGKILL, not SIGTERM:
draining would wait for a broker that is dying too, and the store takes up what was cut short.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, program: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the supervisor ended before this process began")
    os.execvp(program[0], program)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
