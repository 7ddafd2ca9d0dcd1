"""Weights files whose names are too long, or paths of another system, or none at all."""
# from: solved
# only: keras
# shows: raised Ran: long names
# stopped by: intake

# %% upload
for name in ("a" * 250 + ".weights.h5", "\u00e4" * 200 + ".weights.h5", ".weights.h5", "C:.weights.h5", "-rf.weights.h5"):
    files[name] = files["my_lenet.weights.h5"]

# %% last
say("long names")
