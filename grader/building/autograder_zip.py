"""What grading gets: Otter's own files, what the seal reads, and what Gradescope runs."""

import hashlib
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.building import colab
from grader.building.source import Source
from grader.gradescope import zipped
from grader.grading import intake
from grader.grading.autograder import MANIFEST, from_files
from grader.tasks.own_topics import FOLDER


def finish_autograder(source: Source, folder: Path, student: dict[str, bytes]) -> dict[str, bytes]:
    """{name: bytes} of the autograder zip: Otter's own, the assignment's own topics, what the seal reads, and what
    Gradescope runs."""
    (path,) = folder.glob("*-autograder_*.zip")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in sorted(archive.namelist())}
    if topics := source.topics.texts:
        files |= {f"{FOLDER}/{name}": text.encode() for name, text in topics.items()}
        files |= {name: data + _loading(source) for name, data in files.items() if name.startswith("tests/")}
    files[MANIFEST] = json.dumps(manifest(source, student), indent=2).encode()
    files |= zipped.files(source.assignment)
    files[zipped.UNFINISHED] = zipped.unfinished(from_files(files))
    return dict(sorted(files.items()))


def _loading(source: Source) -> bytes:
    """What makes the assignment's own topics known where plain Otter, which reads nothing but test files, runs the tests."""
    topics = source.topics
    given = f"{topics.assignment!r}, {dict(topics.texts)!r}, {topics.where!r}"
    return f"\n\nfrom grader.tasks.own_topics import Topics\n\nTopics({given}).load()\n".encode()


def manifest(source: Source, student: dict[str, bytes]) -> dict[str, Any]:
    """What grading must know beside Otter's files. The key is the zip's own: the term's seed can't be told from it."""
    from grader.tasks.networks import configs_for

    assignment = source.assignment
    notebooks = [student[name] for name in (f"{assignment.id}.ipynb", colab.name_of(assignment.id))]
    return {
        "id": assignment.id,
        "title": assignment.title,
        "backend": assignment.backend,
        "due": assignment.due.isoformat() if assignment.due else None,
        "visibility": assignment.visibility,
        "seconds": assignment.seconds,
        "gradescope": asdict(source.course.gradescope),
        "files": list(assignment.files),
        "term": source.course.term,
        "key": source.course.key(assignment.id).hex(),
        "questions": {question.name: list(question.names) for question in source.questions},
        "points": assignment.points,
        "titles": {question.name: question.title for question in source.questions},
        "manual": {
            question.name: {"title": question.title, "points": assignment.manual[question.name]}
            for question in source.manual
        },
        "models": configs_for(assignment.id),
        "skipped": skipped_cells(*map(json.loads, notebooks)),
        "untouched": [intake.digest_of(intake.parse(notebook).cells) for notebook in notebooks],
    }


def skipped_cells(*notebooks: dict[str, Any]) -> list[str]:
    """Ids and digests of cells that grading leaves out: those that train (tagged `otter_ignore`), whatever a student
    made of them, and those that only draw (tagged `figure`), as long as they stand as we gave them: by digest alone."""
    training, figures = (
        [
            cell
            for notebook in notebooks
            for cell in notebook["cells"]
            if tag in cell["metadata"].get("tags", [])
        ]
        for tag in ("otter_ignore", "figure")
    )
    digests = [
        hashlib.sha256("".join(cell["source"]).strip().encode()).hexdigest() for cell in [*training, *figures]
    ]
    return list(dict.fromkeys([*(cell["id"] for cell in training), *digests]))
