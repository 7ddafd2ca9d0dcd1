"""Raises exceptions whose words never end or are hundreds of megabytes long, under names of a million characters."""
# from: solved
# shows: was not done|code cell \d+ was stopped
# stopped by: deadlines

# %% last
class Endless(Exception):
    def __str__(self):
        while True:
            pass


raise Endless

# %% last
raise ValueError("a" * 300_000_000)

# %% last
raise type("A" * 10**6, (Exception,), {"__doc__": "x" * 10**6})("/a" * 10**6 + "@b." * 10**6)
