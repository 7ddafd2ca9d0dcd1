"""The class that is graded in other userlands: what it hands in, and that a mark which differs is named."""

import json

import pytest

from tests.gradescope import userlands
from tests.gradescope.userlands import Sample, accepted, replaced, samples, wrong
from tests.hostile.attack import SAMPLES


def test_every_sample_and_every_answer_to_a_question_is_handed_in(a3):
    handed_in = {sample.name: sample for sample in [*samples(a3), *accepted(a3)]}
    assert handed_in["correct_fft"].lost == frozenset()
    assert handed_in["wrong_all_ties"].lost == {"q5"}
    assert handed_in["accepted_einsum"].looked_at >= {"q3", "q4"}
    assert sum(name.startswith("accepted_") for name in handed_in) > 30


def test_an_accepted_answer_stands_before_the_checks_that_ask_for_it(a3):
    data, suffix = replaced(SAMPLES / a3.id / "correct_fft.ipynb", "def mine(): ...", frozenset({"q3"}))
    cells = ["".join(cell["source"]) for cell in json.loads(data)["cells"]]
    assert suffix == ".ipynb"
    assert cells[cells.index("def mine(): ...") + 1] == 'grader.check("q3")'
    assert cells.count("def mine(): ...") == 1


def test_no_helper_of_an_accepted_answer_takes_the_place_of_the_notebooks(a3):
    (einsum,) = (sample for sample in accepted(a3) if sample.name == "accepted_einsum")
    sources = ["".join(cell["source"]) for cell in json.loads(einsum.data)["cells"]]
    assert "def frame(" in (userlands.ACCEPTED / "einsum.py").read_text()
    assert sum("def frame(" in source for source in sources) == 1
    assert any("def other_frame(" in source for source in sources)


def test_no_results_and_a_lost_question_are_named():
    sample = Sample("loops", b"", ".ipynb", frozenset(), frozenset({"q1"}))
    lost = {"tests": [{"tags": ["a3.q1"], "score": 1, "max_score": 8}]}
    assert wrong(sample, None) == "loops: no results"
    assert wrong(sample, lost) == "loops: lost q1, not nothing"
    assert wrong(sample, {"tests": []}) == ""


@pytest.mark.parametrize("words", ["full marks", "q3 conv.flipped_kernel, q5"])
def test_what_a_sample_must_lose_is_its_first_comments_word(tmp_path, words):
    from tests.gradescope.cases import losses

    (tmp_path / "answer.py").write_text(f"# expects: {words}\n")
    assert losses(tmp_path / "answer.py") == ({"q3", "q5"} if "q3" in words else set())
