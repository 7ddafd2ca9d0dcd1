"""What Gradescope says of a submission in submission_metadata.json, and what follows from it by the instructor's choice.

Source: https://gradescope-autograders.readthedocs.io, "Submission metadata". Nobody's name or address is read: a page
that group members share, or that is shown to a class, can't tell what it doesn't know.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import Policy
from grader.reports import number

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Earlier:
    """A submission of the same student or group before this one."""

    at: dt.datetime
    score: float


@dataclass(frozen=True)
class Attempt:
    """One submission as Gradescope describes it. Without a metadata file: one of which nothing is known."""

    id: str = ""
    at: dt.datetime | None = None
    due: dt.datetime | None = None  # this student's, where an extension was given
    authors: int = 1
    earlier: tuple[Earlier, ...] = ()  # the oldest first

    @property
    def late(self) -> dt.timedelta:
        """By how much it is late; zero where it isn't. From the time of handing in, never the clock: a rerun changes nothing."""
        return max(self.at - self.due, dt.timedelta(0)) if self.at and self.due else dt.timedelta(0)


def read(path: Path) -> Attempt:
    """The attempt that a metadata file describes; what isn't there, or isn't understood, stays unknown."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # Otter's own image has an empty file
        return Attempt()
    return attempt(entries) if isinstance(entries, dict) else Attempt()


def attempt(entries: dict[str, Any]) -> Attempt:
    """
    >>> attempt({"id": 7, "created_at": "2026-12-01T10:00:00Z", "assignment": {"due_date": "2026-12-01T09:00:00Z"}}).late
    datetime.timedelta(seconds=3600)
    """
    users = [user for user in _listed(entries.get("users")) if isinstance(user, dict)]
    dates = [_when(holder.get("due_date")) for holder in (_assignment(part) for part in (entries, *users))]
    return Attempt(
        id=str(entries.get("id", "")),
        at=_when(entries.get("created_at")),
        due=max(filter(None, dates), default=None),
        authors=max(1, len(users)),
        earlier=tuple(
            sorted(_earlier(entries.get("previous_submissions")), key=lambda submission: submission.at)
        ),
    )


def _assignment(part: dict[str, Any]) -> dict[str, Any]:
    found = part.get("assignment")
    return found if isinstance(found, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _earlier(entries: Any) -> Iterator[Earlier]:
    """Those that got a score: one on which the autograder failed counts for nothing, and against nobody."""
    for entry in _listed(entries):
        if isinstance(entry, dict) and not entry.get("autograder_error"):
            at, score = _when(entry.get("submission_time")), _score(entry.get("score"))
            if at is not None and score is not None:
                yield Earlier(at, score)


def _when(value: Any) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _score(value: Any) -> float | None:
    """Gradescope writes it as a number or as text."""
    try:
        score = float(value)
    except (TypeError, ValueError):
        return None
    return score if math.isfinite(score) else None


# ---- what follows from it ----


def wait_until(attempt: Attempt, policy: Policy) -> dt.datetime | None:
    """When this submission could be handed in again, if more were than are graded in a day; None if it is graded.

    Submissions that weren't graded for that reason don't count: which these were follows from the times alone.

    >>> noon = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
    >>> at = lambda hour: Earlier(noon + dt.timedelta(hours=hour), 50.0)
    >>> str(wait_until(Attempt(at=noon + dt.timedelta(hours=3), earlier=(at(0), at(1))), Policy(per_day=2)))
    '2026-12-02 12:00:00+00:00'
    """
    if not policy.per_day or attempt.at is None:
        return None
    graded: list[dt.datetime] = []
    for at in (*(submission.at for submission in attempt.earlier), attempt.at):
        recent = [other for other in graded if at - other < DAY]
        if len(recent) >= policy.per_day:
            until = recent[-policy.per_day] + DAY
        else:
            graded.append(at)
            until = None
    return until


def deduction(attempt: Attempt, policy: Policy) -> float:
    """The share of a score that being late costs: `late_percent` for each day begun.

    >>> noon = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
    >>> deduction(Attempt(at=noon + dt.timedelta(hours=25), due=noon), Policy(late_percent=10))
    0.2
    """
    return min(1.0, policy.late_percent / 100 * math.ceil(attempt.late / DAY))


def count_score(score: float, attempt: Attempt, policy: Policy) -> float:
    """What a submission worth `score` counts: less if it is late, and never less than the best before it where that is kept."""
    own = round(score * (1 - deduction(attempt, policy)), 6)
    return max([own, *(submission.score for submission in attempt.earlier)]) if policy.keep == "best" else own


def keep_score(attempt: Attempt, policy: Policy) -> float:
    """What counts where this submission isn't graded: the last score before it, or the best."""
    scores = [submission.score for submission in attempt.earlier]
    return (max(scores) if policy.keep == "best" else scores[-1]) if scores else 0.0


def remarks(attempt: Attempt, policy: Policy) -> list[str]:
    """What the page says of it first. Nothing of it tells a score: hidden cases may have decided that."""
    said = []
    if attempt.late:
        share = deduction(attempt, policy)
        cost = (
            f"{number(100 * share)} % of the points are taken off in the end"
            if share
            else "the autograder takes nothing off for that"
        )
        said.append(f"Handed in {duration(attempt.late)} after the due date: {cost}.")
    if attempt.authors > 1:
        said.append(f"Handed in by a group of {attempt.authors}: this page and its score are everybody's.")
    if policy.keep == "best" and attempt.earlier:
        said.append("The best of your submissions counts.")
    return said


def duration(time: dt.timedelta) -> str:
    """
    >>> duration(dt.timedelta(days=1, hours=3, minutes=20)), duration(dt.timedelta(seconds=50))
    ('1 day 3 hours', '1 minute')
    """
    minutes = max(1, int(time.total_seconds()) // 60)
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    said = [f"{amount} {unit}{'s' * (amount > 1)}" for amount, unit in parts if amount]
    return " ".join(said[:2])
