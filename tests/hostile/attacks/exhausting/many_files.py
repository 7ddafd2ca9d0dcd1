"""Makes files and folders without end: a hundred thousand empty ones, in one folder and one inside the other."""
# from: solved
# shows: raised Ran: folders \d+ deep|code cell \d+ was stopped and left out
# stopped by: limits, deadlines

# %% last
import os

home, depth = os.open(".", os.O_RDONLY), 0
try:
    for depth in range(5000):
        os.mkdir("d")
        os.chdir("d")
except OSError:
    pass
os.fchdir(home)
os.mkdir("many")
os.chmod("many", 0o300)
for number in range(100_000):
    os.close(os.open(f"many/{number}", os.O_CREAT | os.O_WRONLY))
os.chmod("many", 0)
os.fchdir(home)
say(f"folders {depth} deep")
