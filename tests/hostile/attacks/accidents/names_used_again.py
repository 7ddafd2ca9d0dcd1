"""Goes on experimenting below the last question, with names that were used above or are Python's own: x, w, pair, sum,
max, list, np, layers."""
# from: solved
# shows: raised Ran: used again

# %% last
x = w = b = 3
pair = (1, 2)
as_float = 0.5
sum = 0
max = 10
list = [1, 2]
layers = 5
frame = "a frame"
np = "a name like any other"
range = (0, 10)
say("used again")
