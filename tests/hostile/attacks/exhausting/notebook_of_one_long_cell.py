"""A notebook whose one cell has twenty million words, which a grader that looks for names would keep."""
# shows: The notebook's code has \d+ million characters
# stopped by: intake

# %% upload
import json

words = " ".join(f"a{number}" for number in range(3_000_000))
files[notebook] = json.dumps({"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": words}]}).encode()
