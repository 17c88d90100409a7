"""The receivers as a process: uvicorn's own command, which ends with 0 once SIGTERM has drained it.

uvicorn raises the signal again after draining; what stood before it then decides how it ends.
"""

import signal
import sys
from types import FrameType

import uvicorn


def _ended(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _ended)
    uvicorn.main(prog_name="bbic-bridge serve")
