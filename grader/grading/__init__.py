"""Grading: a submission comes in, its notebook runs in the sandbox, every question is asked, a report comes out."""
