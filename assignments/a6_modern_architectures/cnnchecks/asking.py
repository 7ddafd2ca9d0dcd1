"""A function is asked: what it answers, or how it fails."""

from __future__ import annotations

import copy
import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .compare import compare
from .context import context_of
from .diagnose import diagnose
from .oracle import Oracle, Rung, Signature, traits
from .outcome import Answer, Call, Misfit, Outcome, Raised, fail, is_ours, type_name
from .tables import picture_of, window_text
from .values import key


@dataclass(frozen=True)
class Seen:
    """What a function made of a rung."""

    rung: Rung
    outcome: Outcome
    got: Any
    answer: Answer
    signature: Signature


def outcome_of(
    env: Mapping[str, Any], name: str, args: tuple, kwargs: dict, oracle: Oracle | None = None
) -> Outcome:
    """Like `check`, but returns what it found; another oracle than that of the context may be given."""
    function = env.get(name)
    if function is None or function is Ellipsis or function is NotImplemented:
        return fail(
            "missing",
            f"There is no `{name}` in your notebook. Write it (its cell may not have been "
            "run), keep this name, and run the check again.",
        )
    if not callable(function):
        return fail(
            "type",
            f"`{name}` should be a function, but it is now of type {type_name(function)}. "
            "Does a later cell use the same name for something else?",
        )
    return outcome_and_answer(function, name, args, kwargs, oracle or context_of(env).oracle)[0]


def outcome_and_answer(
    function: Callable[..., Any], name: str, args: tuple, kwargs: dict, oracle: Oracle
) -> tuple[Outcome, Any]:
    """What `function` is told about this call, and what it answered, if it did."""
    signature = oracle.signature(name)
    call = Call(name, traits(signature, args, kwargs))
    given_args, given_kwargs = copy.deepcopy((args, kwargs))
    try:
        got = function(*given_args, **given_kwargs)
    except Misfit as error:  # ours, not the student's
        return fail("raised", f"`{name}` can't be asked: {error}."), None
    except (Exception, SystemExit) as error:
        if is_ours(error, function):
            raise
        return replace(raised_outcome(name, error), call=call), None
    if (mutated := mutated_outcome(name, (args, kwargs), (given_args, given_kwargs))) is not None:
        return mutated, got
    answer = oracle.answer(name, args, kwargs)
    outcome = compare(
        got, answer.expected, answer.atol, signature.labels, name=name, picture=signature.picture
    )
    if outcome.kind in ("shape", "dtype", "finite", "value"):
        outcome = diagnose(outcome, got, answer, signature.labels)
    if outcome.kind == "value":
        outcome = replace(outcome, detail=outcome.detail + window_text(signature, args, kwargs, got, answer))
    if outcome.kind in ("finite", "value"):
        picture = picture_of(name, signature, args, kwargs, outcome.label, got, answer)
        outcome = replace(outcome, picture=picture)
    call = replace(call, got=outcome.call.got, answer=outcome.call.answer)
    return replace(outcome, call=call), got


def raised_outcome(name: str, error: BaseException) -> Outcome:
    """The exception's own words may quote the input, so they stand in `detail`."""
    if isinstance(error, Raised):
        kind, text, line = error.type_name, error.message, str(error.line)
    else:
        kind, text, line = type(error).__name__, str(error), _student_line(error)
    if kind == "NotImplementedError":
        return fail(
            "missing",
            f"`{name}` is not written yet: it raises NotImplementedError. Replace that line with your code.",
        )
    at = f" at `{line.strip()}`" if line.strip() else ""
    return fail(
        "raised",
        f"`{name}` stopped with {kind}{at} instead of returning an answer. "
        "Call it in a cell of its own with small arrays and print the shapes just before that line.",
        detail=f"{kind}: {text}" if text else "",
    )


def _student_line(error: BaseException) -> str:
    """The line of the student's function that was running, as it is written."""
    trace = error.__traceback__
    frame = trace.tb_next if trace is not None else None  # the first frame below ours
    return linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno) if frame else ""


def mutated_outcome(name: str, before: tuple[tuple, dict], after: tuple[tuple, dict]) -> Outcome | None:
    pairs = [(f"argument {i + 1}", a, b) for i, (a, b) in enumerate(zip(before[0], after[0], strict=True))]
    pairs += [(f"`{k}`", before[1][k], after[1][k]) for k in before[1]]
    changed = [which for which, a, b in pairs if key("", (a,), {}) != key("", (b,), {})]
    if not changed:
        return None
    return fail(
        "mutated",
        f"`{name}` changed its input ({', '.join(changed)}). Whoever called it still needs the "
        "old values: write into a new array (`x.copy()`, `np.zeros_like(x)`), and watch for `+=` "
        "and `x[...] =` on an argument.",
    )
