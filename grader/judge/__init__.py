"""The teacher's side of a check. A master's hidden cases import from here what they ask with."""

from grader.judge.ask import check_drawn, check_model_drawn, check_network_drawn, check_value
from grader.judge.models import (
    check_accuracy,
    check_design_accuracy,
    check_design_rules,
    check_narrow_copy,
    check_parameters,
)

__all__ = [
    "check_accuracy",
    "check_design_accuracy",
    "check_design_rules",
    "check_drawn",
    "check_model_drawn",
    "check_narrow_copy",
    "check_network_drawn",
    "check_parameters",
    "check_value",
]
