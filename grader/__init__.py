"""Grading: what students wrote, asked through a seal, judged beside the reference, told which idea is wrong."""
