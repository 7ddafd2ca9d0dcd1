"""Auditing: the grader is graded, and the course rehearsed."""
