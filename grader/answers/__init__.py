"""The right answers that the zoo and the layers don't have: functions of sizes, measures, small tools of a course.

A module for each subject; its `ANSWERS` are the functions that students write under the same names.
"""

from collections.abc import Callable
from typing import Any

from grader.answers import arithmetic, lab, layers, lenet, modern, transfer, vgg

SUBJECTS = (arithmetic, lab, layers, lenet, modern, transfer, vgg)
ANSWERS: dict[str, Callable[..., Any]] = {
    function.__name__: function for subject in SUBJECTS for function in subject.ANSWERS
}
