"""A defence is a state, never a word in a sentence: from the child that puts it up to the page that repeats it."""

from dataclasses import replace

import pytest

from grader.grading.told import tried_in_words
from grader.sandbox import defences, limits
from grader.sandbox.audit_hook import FILE, NETWORK, PROCESS, SIGNAL
from grader.sandbox.defences import (
    CALLS,
    FILES,
    NO_FILTER,
    NO_LANDLOCK,
    NO_PRIVILEGES,
    SAME_USER,
    Defence,
    State,
    from_data,
    holds,
    to_data,
    untried,
)

NONE = (NO_PRIVILEGES, NO_LANDLOCK, SAME_USER, NO_FILTER)
ALL = tuple(replace(one, state=State.HELD) for one in NONE)


@pytest.mark.parametrize("missing", NONE, ids=lambda one: one.name)
def test_a_missing_defence_does_not_hold_whatever_its_sentence_names(missing):
    assert missing.state is State.MISSING
    assert not holds(NONE, missing.name)
    assert holds(ALL, missing.name), "the same sentence with the other state: it is the state that decides"
    assert not holds([untried(missing, "darwin")], missing.name)


def test_a_defence_that_nobody_named_does_not_hold():
    assert not holds((), FILES)


@pytest.mark.parametrize(
    ("kind", "needs"), [(NETWORK, CALLS), (PROCESS, CALLS), (FILE, FILES), (SIGNAL, CALLS)]
)
def test_what_was_tried_is_refused_only_where_the_defence_that_refuses_it_is_held(kind, needs):
    others = tuple(one for one in NONE if one.name != needs)
    for state, met in (
        (State.HELD, "(refused)"),
        (State.MISSING, "(nothing on this machine refuses that)"),
        (State.NOT_TRIED, "(nothing on this machine refuses that)"),
    ):
        assert tried_in_words(kind, (*others, Defence(needs, state, "seccomp, Landlock"))).endswith(met)


def test_a_defence_crosses_the_wire_as_it_is():
    assert from_data(to_data(NONE)) == NONE


def entries(**changes):
    return [{**entry, **changes} for entry in to_data(NONE)]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"files": "Landlock (version 7)"},
        to_data(NONE[1:]),
        to_data((*NONE, NO_FILTER)),
        entries(state="nearly"),
        entries(words=""),
        entries(more="words"),
        [*to_data(NONE[1:]), ["privileges", "held", "words"]],
    ],
)
def test_what_is_no_list_of_defences_is_refused(data):
    with pytest.raises(ValueError, match="the defences are not"):
        from_data(data)


def test_a_child_that_does_not_say_which_defences_hold_is_not_used(numpy_zygote, monkeypatch):
    monkeypatch.setattr(defences.from_data, "__defaults__", ((*defences.NAMES, "another"),))
    with pytest.raises(limits.ConfinementError, match="did not say which defences hold"):
        numpy_zygote.fork("worker")


@pytest.mark.parametrize(
    ("take", "name"),
    [
        (limits.forbid_new_privileges, "privileges"),
        (lambda: limits.restrict_files(limits.Confinement(None, "/", ())), "files"),
        (limits.filter_system_calls, "system calls"),
    ],
)
def test_on_another_system_nothing_is_tried_and_that_is_what_is_said(take, name, monkeypatch):
    monkeypatch.setattr(limits, "LINUX", False)
    monkeypatch.setattr(limits.sys, "platform", "darwin")
    said = take()
    assert (said.name, said.state) == (name, State.NOT_TRIED)
    assert said.in_words == "not tried: the grader has no way to do this on darwin"


def test_a_kernel_without_landlock_is_said_to_lack_it(monkeypatch):
    monkeypatch.setattr(limits, "landlock_abi", lambda: 0)
    monkeypatch.setattr(limits, "LINUX", True)
    assert limits.restrict_files(limits.Confinement(7, "/", ())) == NO_LANDLOCK


def test_a_worker_of_the_graders_own_user_is_said_to_be_one():
    assert limits.drop_user(None) == SAME_USER
