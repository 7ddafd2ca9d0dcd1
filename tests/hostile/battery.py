"""Hand the whole battery in to one grading, beside honest students, and see what came of it.

A class of attacks is graded by `grading.batch`, as a teacher grades, in a process of its own: some attacks aim at that one.
The place is laid out as Gradescope lays it out, with secrets that an attack must not get hold of. An attack won if its
score is higher than its work (forged), if a secret is in what a student sees or in the drop, a folder outside of what a
notebook may write (leaked), if grading it took longer than it may (hung), or if an honest student's mark is lower (lost).
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grader.gradescope.results import write_results
from grader.grading.told import TRIED
from tests.hostile.attack import BACKENDS, SAMPLES, SOLVED, Attack, battery, submission
from tests.hostile.ordinary import NOBODY, as_in_docker, interpreter
from tests.hostile.unguarded import PRIVATE, switched_off

# of CPU for a question: hanging attacks cost ten times that on the clock
SECONDS = {"numpy": 1.0, "keras": 4.0}
ROOT, ORDINARY, IN_DOCKER = "root", "not root", "root as in Docker"
# who may grade, where root runs the battery: what `subprocess.run` is told
USERS: dict[str, dict[str, Any]] = {
    ROOT: {},
    ORDINARY: {"user": NOBODY, "group": NOBODY, "extra_groups": []},
    IN_DOCKER: {"preexec_fn": as_in_docker},
}
BYSTANDERS = ("bystander-a", "bystander-m", "bystander-z")  # graded before, between and after the attacks
TOKEN, MAIL = "token-2f9c41d7", "ada.2f9c41d7@uni.example"  # planted where an attack might find them
MEMORY = ["memory-2f9c41d7-", "5d1b"]  # joined at run time: on no disk, in the judge's memory alone


@dataclass(frozen=True)
class Stage:
    """Where a class is graded: folders as on Gradescope, all of them the grader's alone, and the drop, which is everybody's."""

    folder: Path
    drop: Path

    @property
    def submissions(self) -> Path:
        return self.folder / "submissions"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def zipped(self) -> Path:
        return self.folder / "source" / "autograder.zip"

    @property
    def places(self) -> dict[str, str]:
        return {"STAGE": str(self.folder), "DROP": str(self.drop)}


@contextmanager
def stage(zipped: Path, private: bool = True) -> Iterator[Stage]:
    with (
        tempfile.TemporaryDirectory(prefix="stage-") as folder,
        # without a defence a daemon may still write there
        tempfile.TemporaryDirectory(prefix="drop-", ignore_cleanup_errors=True) as drop,
    ):
        made = Stage(Path(folder), Path(drop))
        made.folder.chmod(0o700 if private else 0o755)
        made.drop.chmod(0o777)
        for place in (made.submissions, made.results, made.zipped.parent):
            place.mkdir()
        made.zipped.write_bytes(zipped.read_bytes())
        metadata = {"users": [{"email": MAIL, "name": "Ada", "sid": TOKEN}], "id": 7}
        (made.folder / "submission_metadata.json").write_text(json.dumps(metadata))
        (made.results / "results.json").write_text(json.dumps({"score": 3.0, "output": TOKEN}))
        os.environ["GRADER_TOKEN"] = TOKEN
        try:
            yield made
        finally:
            del os.environ["GRADER_TOKEN"]


@dataclass(frozen=True)
class Result:
    """What became of one attack."""

    attack: str
    family: str
    score: float
    honest: float
    seconds: float
    hung: bool
    ran: bool
    leaked: tuple[str, ...]
    said: str  # notes and messages of its report
    unnamed: tuple[str, ...] = ()  # what it tried that no note names

    @property
    def forged(self) -> bool:
        return self.score > self.honest + 1e-6

    @property
    def lost(self) -> bool:
        return self.score < self.honest - 1e-6

    @property
    def verdict(self) -> str:
        """What is wrong, in words; nothing when the attack came to nothing."""
        found = [word for word in ("forged", "lost", "hung") if getattr(self, word)]
        return ", ".join(
            [
                *found,
                *(f"leaked {name}" for name in self.leaked),
                *([] if self.ran else ["did not show that it ran"]),
                *(f"did not name what it tried: {kind}" for kind in self.unnamed),
            ]
        )


def secrets(key: bytes) -> dict[str, str]:
    """{what it is: how it would look in a student's hands}"""
    return {
        "the metadata": MAIL,
        "a token of the grader's": TOKEN,
        "the grader's memory": "".join(MEMORY),
        "the key of the draw": key.hex(),
        "a hidden test": "check_drawn",
        "the reference": "product in disguise",
        "another's code": "patches_of",
        "a hidden input": "LOOT",
        "the evaluator": "ran in the evaluator",
        "our paths": "/tmp/kerasnets-",
        "markup": "<leak",
    }


def run(
    assignment: str,
    zipped: Path,
    chosen: list[Attack],
    off: frozenset[str] = frozenset(),
    bystanders: tuple[str, ...] = BYSTANDERS,
    linger: float = 0.0,
) -> list[Result]:
    """Grade the attacks and honest students in this process, with some defences switched `off`.

    After `linger` seconds the results are looked at: what stands on disk then is what a teacher uploads.
    """
    from grader.grading import autograder, batch

    backend = BACKENDS[assignment]
    chosen = [attack for attack in chosen if attack.runs_in(assignment)]
    in_memory = "".join(MEMORY)  # noqa: F841  (to be found by whoever can read this process)
    with stage(zipped, PRIVATE not in off) as place, switched_off(off):
        plan = replace(autograder.read(place.zipped), seconds=SECONDS[backend])
        sources = {}
        for attack in chosen:
            name, data = submission(attack, assignment, plan.questions, place.places)
            (place.submissions / name).write_bytes(data)
            sources[name] = attack
        honest = SAMPLES / assignment / SOLVED[assignment]
        for name in bystanders:
            (place.submissions / f"{name}{honest.suffix}").write_bytes(honest.read_bytes())
        try:
            reports = batch.grade_all([place.submissions], plan, place.results, also=[write_results])
        except batch.Unfinished as unfinished:  # who found no room has a zero that says so
            reports = unfinished.reports
        time.sleep(linger)
        results = []
        for report in reports:
            known = sources.get(report.submission)
            folder = place.results / report.submission.removesuffix(".ipynb").removesuffix(".zip")
            written = (folder / "results.json").read_text()
            shown = written + (folder / "feedback.html").read_text()
            results.append(judged(report, known, plan, json.loads(written)["score"], shown, place.drop))
        return results


def judged(report: Any, attack: Attack | None, plan: Any, score: float, shown: str, drop: Path) -> Result:
    """What the report, the pages and the drop say about an attack, or about an honest student."""
    messages = [case.outcome.message for q in report.questions for case in q.cases if case.outcome]
    said = [report.error, *report.notes, *(q.note for q in report.questions), *messages]
    name = attack.name if attack else f"bystander/{report.submission}"
    dropped = sorted(drop.glob(name.replace("/", "-") + "*"))
    taken = shown + "".join(path.read_text(errors="replace") for path in dropped)
    longest = 10 * plan.seconds * (len(plan.questions) + 2) + 30
    return Result(
        attack=name,
        family=name.partition("/")[0],
        score=score,
        honest=attack.honest(plan.points) if attack else report.possible,
        seconds=report.seconds,
        hung=report.seconds > longest or "grader itself failed" in report.error,
        ran=attack is None or any(re.search(attack.shows or "(?!)", line) for line in said),
        leaked=(
            *(what for what, text in secrets(plan.key).items() if text in taken),
            *("another student",) * (attack is not None and "bystander-" in taken),
            *("how long it took",) * tells_the_time(report.seconds, shown),
            *(f"a file, {path.name}" for path in dropped),
        ),
        said="\n".join(dict.fromkeys(filter(None, said))),
        unnamed=tuple(
            kind
            for kind in (attack.tried if attack else ())
            if not any(TRIED[kind] in n for n in report.notes)
        ),
    )


def tells_the_time(seconds: float, shown: str) -> bool:
    """Does a page or results.json say how long the submission took, more finely than in minutes?"""
    return bool(re.search(rf'\b{seconds:.1f} s\b|"execution_time": {round(seconds, 2)}\b', shown))


def in_a_process(
    assignment: str, zipped: Path, user: str = ROOT, only: str = "", off: str = "", seconds: float = 1500
) -> list[Result]:
    """`run`, in a process of its own, as one of `USERS`. Raises where it ends without results.

    only: parts of the attacks' names, with commas between; off: defences that are switched off, likewise.
    """
    with tempfile.TemporaryDirectory(prefix="battery-") as folder, interpreter() as (python, environment):
        Path(folder).chmod(0o777)
        answer, readable = Path(folder) / "results.json", Path(folder) / "autograder.zip"
        readable.write_bytes(zipped.read_bytes())
        readable.chmod(0o644)
        arguments = [
            "-P",
            "-m",
            "tests.hostile.battery",
            assignment,
            str(readable),
            str(answer),
            "--only",
            only,
            "--off",
            off,
        ]
        done = subprocess.run(
            [python, *arguments],
            cwd=folder,
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=seconds,
            capture_output=True,
            text=True,
            **(USERS[user] if os.geteuid() == 0 else {}),
        )
        if not answer.exists():
            raise RuntimeError(f"no results (exit code {done.returncode}):\n{done.stderr[-3000:]}")
        return [
            Result(
                **{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
            )
            for entry in json.loads(answer.read_text())
        ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Grade the battery once, as the user that runs this; write the results as JSON."
    )
    parser.add_argument("assignment", choices=BACKENDS)
    parser.add_argument("zipped", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--only", default="", help="attacks whose name has one of these in it (a,b)")
    parser.add_argument("--off", default="", help="defences that are switched off (landlock-2,uid)")
    options = parser.parse_args()
    off = frozenset(filter(None, options.off.split(",")))
    results = run(options.assignment, options.zipped, battery(options.only), off)
    options.answer.write_text(json.dumps([asdict(result) for result in results]))
    for result in results:
        print(
            f"{result.attack:44} {result.score:5g} of {result.honest:5g} {result.seconds:6.1f} s  {result.verdict}"
        )


if __name__ == "__main__":
    main()
