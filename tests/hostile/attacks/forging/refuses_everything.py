"""Refuses whatever it is asked, as if each question were the one that has to be refused: a ValueError is an answer, too."""
# shows: raised Ran: refused
# stopped by: order

# %% before checks
def refuse(*args, **kwargs):
    raise ValueError("this doesn't fit")


for name in NAMES:
    globals()[name] = refuse

# %% last
say("refused")
