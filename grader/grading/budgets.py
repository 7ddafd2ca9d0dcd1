"""The time that grading one submission may take: its notebook's computing and sleeping, and the judge's own work on it.

Computing is CPU time, so that a slow or busy machine costs nobody a mark. Sleeping is what is left of the clock: time in which
no thread of the notebook runs, waits for a processor or for the disk. A limit on the clock itself is far beyond both.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from grader.sandbox.client import Child

CALL_SHARE = 0.5  # of a question's time, for one call: a function that hangs leaves time to ask the question's other ones
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
TOO_LONG = "the whole notebook took too long (cells that wait or never end?)"
TOO_SLOW_TO_COMPARE = "comparing the answers of the whole notebook took too long (are they very large?)"


@dataclass(frozen=True)
class Allowance:
    """What one request may compute."""

    seconds: float  # of CPU
    in_words: str  # the same for a student's page


@dataclass
class Meter:
    """What a notebook has used, all its processes together, and what one request may use of that."""

    computing: float  # seconds of CPU for the whole notebook
    sleeping: float
    computed: float = 0.0
    slept: float = 0.0
    took: float = 0.0  # CPU seconds of the last request
    _child: Child | None = None
    _allowed: Allowance = Allowance(0.0, "")  # to the present request
    _began: float = 0.0  # the process's CPU time, when the request began
    _cpu: float = 0.0  # the same at the last look
    _looked: float = 0.0  # when that was
    _slept_before: float = 0.0

    def begin(self, child: Child, allowed: Allowance) -> None:
        """A request starts."""
        self._child, self._allowed = child, allowed
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
            self.took = self._cpu - self._began
            self.computed += self.took
            self._child = None

    def why_over(self) -> str:
        """Why the present request has to end; nothing while it may go on."""
        if self._cpu - self._began > self._allowed.seconds:
            return f"it was not done after {self._allowed.in_words} of computing (an endless loop?)"
        slept, over = self.slept - self._slept_before, self._slept_before >= self.sleeping
        most = SLEEP_WHEN_OVER if over else min(SLEEP_FACTOR * self._allowed.seconds, MOST_SLEEP)
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


@dataclass(frozen=True)
class JudgesTime:
    """How long this thread has worked on one submission. Submissions are graded side by side in one process, of which
    one thread at a time runs Python: what the judge spends on one, the others wait for."""

    began: float = field(default_factory=time.thread_time)

    @property
    def is_used_up(self) -> bool:
        return time.thread_time() - self.began > JUDGE_SECONDS


@dataclass
class Budget:
    """The time of one submission, and what is used of it. Its notebook's requests are timed one after another."""

    seconds: float  # of CPU, for each question and each cell
    questions: int
    deadline: float = math.inf  # on the clock, whoever took the time: the machine's own end
    # the same for what the notebook takes; without it, from its begin on as long as a busy machine may need
    until: float = math.inf
    why_over: str = field(default="", init=False)  # why nothing more is asked, once that was found
    meter: Meter = field(init=False)
    _judge: JudgesTime = field(init=False, default_factory=JudgesTime)
    _spent: dict[str, float] = field(init=False, default_factory=dict)  # question -> CPU seconds so far
    _began: float = field(init=False, default=0.0)  # when the present request did, on the clock
    _overdue: float = field(init=False, default=math.inf)  # when it is

    def __post_init__(self) -> None:
        computing = max(LEAST_COMPUTING, self.seconds * (self.questions + EXTRA_QUESTIONS))
        self.meter = Meter(computing, min(TOTAL_SLEEP_FACTOR * self.seconds, MOST_TOTAL_SLEEP))

    def start_clock(self) -> None:
        """The notebook begins, unless it did already."""
        if self.until == math.inf:
            self.until = time.monotonic() + self.meter.longest

    def extend(self, seconds: float) -> None:
        """Time that others took, which isn't the notebook's."""
        self.until += seconds

    def is_over(self) -> bool:
        """Is the time of the whole submission used up? Then what wasn't asked yet gets no verdict, and it stays so."""
        if not self.why_over:
            if self.meter.is_used_up or time.monotonic() >= min(self.until, self.deadline):
                self.why_over = TOO_LONG
            elif self._judge.is_used_up:
                self.why_over = TOO_SLOW_TO_COMPARE
        return bool(self.why_over)

    def for_cell(self) -> Allowance:
        return Allowance(self.seconds, f"{self.seconds:.2g} seconds")

    def for_call(self, question: str) -> Allowance:
        """A share of the question's time, or all that is left of it. That depends on what was asked before, hidden cases
        too: the words name no such number."""
        left, share = self.seconds - self._spent.get(question, 0.0), CALL_SHARE * self.seconds
        if share <= left:
            return Allowance(share, f"{share:.2g} seconds")
        return Allowance(left, f"all of the question's {self.seconds:.2g} seconds")

    def begin(self, child: Child, allowed: Allowance) -> None:
        """A request starts."""
        self._began = time.monotonic()
        self._overdue = min(self._began + WALL_FACTOR * allowed.seconds, self.until, self.deadline)
        self.meter.begin(child, allowed)

    def why_stop(self) -> str:
        """Why the present request has to end; nothing while it may go on. To be called some twenty times a second."""
        self.meter.look()
        if why := self.meter.why_over():
            return why
        if time.monotonic() > self._overdue:
            return "it was not done when its time on the clock was over"
        return TOO_SLOW_TO_COMPARE if self._judge.is_used_up else ""

    def end(self) -> None:
        """The request was answered, or its process ended."""
        self.meter.end()

    def charge(self, question: str, stopped: bool = False) -> None:
        """The last request was the question's. Where it was stopped, its time on the clock counts, but no more than a share."""
        clock = min(CALL_SHARE * self.seconds, time.monotonic() - self._began)
        self._spent[question] = self._spent.get(question, 0.0) + (clock if stopped else self.meter.took)

    def is_spent(self, question: str) -> bool:
        return self._spent.get(question, 0.0) >= self.seconds
