"""The battery through `otter run`, as it ships: what the same tricks come to where there is no seal.

Student code then runs as the user that grades, so the attacks run free: as an ordinary user with limits, one at a time,
and whatever they leave is killed. Record it anew with `scripts/hostile --otter` (half an hour, root, a machine to spare).
"""

import json
import os
import resource
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from grader.sandbox.disk import remove
from tests.hostile.attack import BACKENDS, Attack, submission
from tests.hostile.battery import secrets, stage
from tests.hostile.ordinary import interpreter

RECORD = Path(__file__).parent / "otter.json"
USER = 65533  # who grades, and whose processes are all ended afterwards
SECONDS = 90  # on the clock, for one submission; an honest one takes 15
RUN = "from otter.cli import cli; cli()"


def contrast(attack: Attack, assignment: str, zipped: Path, plan: Any, python: str, environment: dict) -> str:
    """What became of an attack, in words: "forged", "leaked …", "lost", "hung", or nothing."""
    with stage(zipped) as place:
        name, data = submission(attack, assignment, plan.questions, place.places)
        (place.submissions / name).write_bytes(data)
        planted = (place.results / "results.json").read_text()
        _give_away(place.folder)
        home = Path(tempfile.mkdtemp(prefix="home-"))
        _give_away(home)
        command = [
            python,
            "-c",
            RUN,
            "run",
            "--no-logo",
            "-a",
            place.zipped,
            "-o",
            place.results,
            place.submissions / name,
        ]
        hung = _run(
            [str(part) for part in command], {**environment, "HOME": str(home), "TMPDIR": str(home)}, home
        )
        dropped = "".join(path.read_text(errors="replace") for path in sorted(place.drop.glob("*")))
        score, shown = _score(place.results / "results.json", planted)
        remove(home)  # folders may be deeper than Python recurses
    honest = attack.honest(plan.points)
    # Otter quotes the lines of failing tests, whoever hands in what
    own_messages = shown.replace("check_drawn", "")
    leaked = [what for what, text in secrets(plan.key).items() if text in dropped + own_messages]
    words = ["hung"] * hung + ["forged"] * (score > honest + 1e-6) + ["lost"] * (score < honest - 1e-6)
    return ", ".join([*words, *(f"leaked {what}" for what in leaked)])


def _run(command: list[str], environment: dict[str, str], folder: Path) -> bool:
    """Did it outlast its time? Whatever its user runs afterwards is ended."""
    try:
        subprocess.run(
            command, env=environment, cwd=folder, timeout=SECONDS, check=False, capture_output=True,
            user=USER, group=USER, extra_groups=[], start_new_session=True, preexec_fn=_limits,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    finally:
        subprocess.run(["pkill", "-9", "-U", str(USER)], check=False)
    return False


def _limits() -> None:
    """So that an attack that wins is a line of the record, and not the end of the machine."""
    for which, most in (
        (resource.RLIMIT_NPROC, 400),
        (resource.RLIMIT_DATA, 8 * 2**30),
        (resource.RLIMIT_FSIZE, 2 * 2**30),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))


def _give_away(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, USER, follow_symlinks=False)


def _score(path: Path, planted: str) -> tuple[float, str]:
    """The score and the text of the results; nothing if they are still those that were there before."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        text = path.read_text(errors="replace")
        if text == planted:
            return 0.0, ""
        results = json.loads(text)
        if "score" in results:
            return float(results["score"]), text
        return sum(test.get("score", 0.0) for test in results["tests"]), text
    return 0.0, ""


def record(attacks: list[Attack], zips: dict[str, Path]) -> dict[str, dict[str, str]]:
    """{attack: {assignment: what became of it}}; kept as it grows, so that a run can be resumed."""
    from grader.grading import autograder

    found = recorded()
    with interpreter() as (python, environment):
        for assignment, zipped in zips.items():
            plan = autograder.read(zipped)
            for attack in attacks:
                if attack.runs_in(assignment) and assignment not in found.get(attack.name, {}):
                    verdict = contrast(attack, assignment, zipped, plan, python, environment)
                    found.setdefault(attack.name, {})[assignment] = verdict
                    RECORD.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
                    print(f"{assignment:18} {attack.name:44} {verdict or 'came to nothing'}", flush=True)
    return found


def recorded() -> dict[str, dict[str, str]]:
    names = set(BACKENDS)
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    return {attack: {a: v for a, v in verdicts.items() if a in names} for attack, verdicts in record.items()}
