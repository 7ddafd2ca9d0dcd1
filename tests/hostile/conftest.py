"""Attacks are handed in and graded, never imported."""

collect_ignore_glob = ["attacks/*"]
