"""What a question and a whole submission may take, on a clock and a process of our own making."""

from types import SimpleNamespace

import pytest

from grader.grading import budgets
from grader.grading.budgets import Allowance, Budget


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still but for what a test adds to it."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(budgets.time, "monotonic", lambda: now.seconds)
    return now


def asked(budget, clock, question, computes=0.0, lasts=0.0, stopped=False):
    """One request, whose process computes so long and lasts so long."""
    child = SimpleNamespace(cpu_seconds=lambda: spent[0], is_asleep=lambda: False)
    spent = [7.0]  # before it
    budget.begin(child, budget.for_call(question))
    spent[0] += computes
    clock.seconds += lasts
    why = budget.why_stop()
    budget.end()
    budget.charge(question, stopped)
    return why


def test_a_call_gets_half_of_a_question_s_time_and_at_the_end_what_is_left(clock):
    budget = Budget(2.0, questions=1)
    assert budget.for_call("q1") == Allowance(1.0, "1 seconds")
    assert asked(budget, clock, "q1", computes=0.9) == ""
    assert budget.for_call("q1") == Allowance(1.0, "1 seconds")  # 1.1 are left
    assert asked(budget, clock, "q1", computes=0.9) == ""
    left = budget.for_call("q1")
    assert left.seconds == pytest.approx(0.2)
    assert left.in_words == "all of the question's 2 seconds", "0.2 would tell how long hidden cases took"
    assert budget.for_call("q2") == Allowance(1.0, "1 seconds")
    assert "1 seconds of computing" in asked(budget, clock, "q2", computes=1.1)


def test_a_request_that_was_stopped_costs_its_time_on_the_clock_but_no_more_than_a_call_s(clock):
    budget = Budget(2.0, questions=1)
    asked(budget, clock, "q1", lasts=0.5, stopped=True)
    assert budget.for_call("q1").seconds == 1.0  # 1.5 are left
    asked(budget, clock, "q1", lasts=9.0, stopped=True)
    assert budget.for_call("q1").seconds == 0.5
    assert not budget.is_spent("q1")
    asked(budget, clock, "q1", lasts=0.5, stopped=True)
    assert budget.is_spent("q1")


def test_a_request_is_overdue_at_ten_times_its_seconds_or_at_the_deadline(clock):
    assert asked(Budget(2.0, questions=1), clock, "q1", lasts=9.9) == ""
    assert "time on the clock" in asked(Budget(2.0, questions=1), clock, "q1", lasts=10.1)
    hurried = Budget(2.0, questions=1, deadline=clock.seconds + 1)
    assert "time on the clock" in asked(hurried, clock, "q1", lasts=1.1)


def test_time_that_others_took_is_not_the_notebook_s(clock):
    budget = Budget(2.0, questions=1)
    budget.start_clock()
    clock.seconds += budget.meter.longest
    budget.extend(5.0)
    budget.start_clock()  # which goes on as it was
    assert not budget.is_over()
    clock.seconds += 5.0
    assert budget.is_over()


def test_a_deadline_of_the_machine_s_is_not_moved(clock):
    budget = Budget(2.0, questions=1, deadline=clock.seconds + 1)
    budget.start_clock()
    budget.extend(60.0)
    clock.seconds += 1
    assert budget.is_over()


def test_what_is_over_stays_over_for_the_reason_that_was_found_first(clock, monkeypatch):
    """Time may be given back meanwhile, and another reason come up: a report says one thing."""
    budget = Budget(2.0, questions=1)
    monkeypatch.setattr(budgets, "JUDGE_SECONDS", -1.0)
    assert budget.is_over()
    assert budget.why_over == budgets.TOO_SLOW_TO_COMPARE
    monkeypatch.undo()
    assert budget.is_over()
    assert budget.why_over == budgets.TOO_SLOW_TO_COMPARE
