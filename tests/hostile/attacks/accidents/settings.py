"""Changes settings of the whole process in a cell of its own: seeds, warnings as errors, NumPy's errors and printing,
logging, a recursion limit, garbage collection, the locale, hooks."""
# from: solved
# shows: raised Ran: settings

# %% first
import gc
import locale
import logging
import os
import random
import sys
import warnings

import numpy as np

np.random.seed(0)
random.seed(0)
warnings.simplefilter("error")
np.set_printoptions(precision=1, threshold=3, suppress=True)
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
sys.setrecursionlimit(20_000)
gc.disable()
gc.set_threshold(0)
attempt(locale.setlocale, locale.LC_ALL, "")
sys.excepthook = sys.displayhook = lambda *args: None
sys.settrace(None)
os.environ["OMP_NUM_THREADS"] = "16"
os.environ["PYTHONHASHSEED"] = "0"
os.umask(0o777)
say("settings")
