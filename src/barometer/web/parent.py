"""Processes that `barometer web` starts end with it, even if it is killed."""

import ctypes
import os
import signal
import sys

PARENT = "BAROMETER_PARENT"
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def end_with_parent() -> None:
    """Have the system send SIGTERM when the process named in BAROMETER_PARENT ends, if that is who started this one.
    Linux only; elsewhere the process stays."""
    parent = os.environ.get(PARENT, "")
    if not parent or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != int(parent):  # it ended meanwhile
        os.kill(os.getpid(), signal.SIGTERM)
