"""What grading one submission may cost: its notebook's computing and sleeping, and the judge's own work on it.

Computing is CPU time, so that a slow or busy machine costs nobody a mark. Sleeping is what is left of the clock: time in which
no thread of the notebook runs, waits for a processor or for the disk. A limit on the clock itself is far beyond both.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from grader.sandbox.client import Child

WALL_FACTOR = 10  # one request's deadline in CPU seconds, times this, on the wall clock
LEAST_COMPUTING = 60.0  # seconds of CPU for a whole notebook, however short its questions are
EXTRA_QUESTIONS = 2  # for the cells and for starting anew: as many questions' time
# how long one request may sleep: its CPU seconds times the factor, and at most so many seconds
SLEEP_FACTOR, MOST_SLEEP = 2, 15.0
TOTAL_SLEEP_FACTOR, MOST_TOTAL_SLEEP = 12, 60.0  # of a whole notebook, of one question's CPU seconds
SLEEP_WHEN_OVER = 0.3  # seconds for each request, when the notebook has slept too much already
LONGEST_STEP = 0.1  # seconds that one look counts: the judge itself may have waited for a processor
# of CPU, for the judge: comparing, explaining and decoding for one submission; an honest one takes one or two
JUDGE_SECONDS = 20.0


@dataclass
class Meter:
    """What a notebook has used, all its processes together, and what one request may use of that."""

    computing: float  # seconds of CPU for the whole notebook
    sleeping: float
    computed: float = 0.0
    slept: float = 0.0
    _child: Child | None = None
    _seconds: float = 0.0  # what the present request was given
    _in_words: str = ""  # the same for a student's page: what is left of a time would tell of hidden cases
    _began: float = 0.0  # the process's CPU time, when the request began
    _cpu: float = 0.0  # the same at the last look
    _looked: float = 0.0  # when that was
    _slept_before: float = 0.0

    def begin(self, child: Child, seconds: float, in_words: str) -> None:
        """A request starts, which may compute for `seconds`."""
        self._child, self._seconds, self._in_words = child, seconds, in_words
        self._began = self._cpu = child.cpu_seconds()
        self._looked, self._slept_before = time.monotonic(), self.slept

    def look(self) -> None:
        """To be called some twenty times a second while a request runs."""
        assert self._child is not None
        now, cpu = time.monotonic(), self._child.cpu_seconds()
        step = min(now - self._looked, LONGEST_STEP)
        if cpu - self._cpu < step and self._child.is_asleep():
            self.slept += max(0.0, step - max(0.0, cpu - self._cpu))
        self._looked, self._cpu = now, max(cpu, self._cpu)

    def end(self) -> None:
        """The request was answered, or its process ended."""
        if self._child is not None:
            self._cpu = max(self._cpu, self._child.cpu_seconds())
            self.computed += self._cpu - self._began
            self._child = None

    def why_over(self) -> str:
        """Why the present request has to end; nothing while it may go on."""
        if self._cpu - self._began > self._seconds:
            return f"it was not done after {self._in_words} of computing (an endless loop?)"
        slept, over = self.slept - self._slept_before, self._slept_before >= self.sleeping
        most = SLEEP_WHEN_OVER if over else min(SLEEP_FACTOR * self._seconds, MOST_SLEEP)
        if slept > most:
            return "it computed nothing for too long (does it sleep, or wait for somebody?)"
        return ""

    @property
    def is_used_up(self) -> bool:
        """Has the notebook computed or slept so much that nothing more is asked? Where it slept for its time, what
        doesn't sleep is still asked for a while."""
        return self.computed > self.computing or self.slept > 2 * self.sleeping

    @property
    def longest(self) -> float:
        """Seconds on the clock, for all of it: what a busy machine may make of computing and sleeping."""
        return 2 * (self.computing + self.sleeping)


def for_notebook(seconds: float, questions: int) -> Meter:
    """For a notebook of so many questions, of `seconds` of CPU each."""
    computing = max(LEAST_COMPUTING, seconds * (questions + EXTRA_QUESTIONS))
    return Meter(computing, min(TOTAL_SLEEP_FACTOR * seconds, MOST_TOTAL_SLEEP))


@dataclass(frozen=True)
class JudgesTime:
    """How long this thread has worked on one submission. Submissions are graded side by side in one process, of which
    one thread at a time runs Python: what the judge spends on one, the others wait for."""

    began: float = field(default_factory=time.thread_time)

    @property
    def is_used_up(self) -> bool:
        return time.thread_time() - self.began > JUDGE_SECONDS
