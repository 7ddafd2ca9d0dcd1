"""Hands in its own tests, configuration and results: a tests folder, `.otter`, otter_config.json, results.json."""
# shows: set aside, not used in grading: a.otter, kerasnets.json, otter_config.json, q1.py
# stopped by: intake

# %% upload
import json

TEST = """
from otter.test_files import test_case
OK_FORMAT = False
name = "{0}"
points = 100

@test_case(points=100, hidden=False)
def test_nothing(env):
    pass
"""
for number in range(1, 11):
    files[f"tests/q{number}.py"] = TEST.format(f"q{number}").encode()
files["a.otter"] = json.dumps({"notebook": notebook, "save_environment": True, "endpoint": "http://localhost:1"}).encode()
files["otter_config.json"] = json.dumps({"grade_from_log": True, "show_hidden": True, "score_threshold": 0}).encode()
files["results/results.json"] = json.dumps({"score": 2000}).encode()
files["kerasnets.json"] = json.dumps({"points": {"q1": 2000}}).encode()
