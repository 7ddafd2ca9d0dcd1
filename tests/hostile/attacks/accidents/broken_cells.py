"""Leaves cells that can't run: half a line, pasted output, a tab too much, Python 2, a merge's conflict marks."""
# from: solved
# shows: code cell \d+ raised (SyntaxError|IndentationError|TabError)

# %% first
def unfinished(x

# %% first
>>> print("pasted")
Out[3]: 5

# %% first
print "Python 2"

# %% first
<<<<<<< HEAD
rate = 1
=======
rate = 2
>>>>>>> theirs

# %% last
for i in range(3):
print(i)

# %% last
1 / 0

# %% last
assert False, "to do"
