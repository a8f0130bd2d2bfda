"""Keeping processes running until somebody ends them: what a service manager does, for one machine."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

LOOK_EVERY = 0.5
"""Seconds."""
STOP_WITHIN = 20.0
"""Seconds a process has to end by itself after SIGTERM."""
LONGEST_WAIT = 30.0
"""Seconds before a process that keeps dying is started again; the first time at once, then 1, 2, 4 … seconds."""


@dataclass
class _Kept:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    not_before: float = field(default=0.0)


def keep_running(
    commands: Mapping[str, Sequence[str]],
    say: Callable[[str], None],
    look: Callable[[], None],
    pass_fds: Sequence[int] = (),
) -> None:
    """Start each command and start it again when it ends, until SIGTERM or Ctrl-C; then stop them all.

    `look` is called twice a second, for whatever else must be kept running. `pass_fds`: open files the commands get.
    """
    stopping = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    kept = [_Kept(name, command) for name, command in commands.items()]
    try:
        while not stopping:
            for one in kept:
                _watch(one, say, pass_fds)
            look()
            time.sleep(LOOK_EVERY)
    finally:
        _stop([one.process for one in kept if one.process is not None])
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _watch(one: _Kept, say: Callable[[str], None], pass_fds: Sequence[int]) -> None:
    now = time.monotonic()
    if one.process is not None and (code := one.process.poll()) is not None:
        one.deaths = one.deaths + 1 if now - one.started < LONGEST_WAIT else 1
        wait = 0.0 if one.deaths == 1 else min(LONGEST_WAIT, 2.0 ** (one.deaths - 2))
        say(f"{one.name} ended with {code} and is started again" + (f" in {wait:.0f} s." if wait else "."))
        one.process, one.not_before = None, now + wait
    if one.process is None and now >= one.not_before:
        one.process, one.started = subprocess.Popen(one.command, pass_fds=pass_fds), now


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + STOP_WITHIN
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
