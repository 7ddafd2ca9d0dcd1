"""Gradescope: the zip that a teacher uploads, what runs there, and a harness that plays Gradescope here.

zipped.py       the files that make Otter's zip ours: set-up, wheel, pins, the zero to begin with
pins.py         version and SHA-256 of all that is installed there: the lists in pins/, made by uv
setup.sh        builds the container: one virtual environment under /opt
run_autograder  is called for each submission; `autograde.py` does the work
metadata.py     what Gradescope says of a submission, and what follows from it: late, best of, too many
harness.py      builds and grades as Gradescope does, in a clean Debian (debian.py) where root and debootstrap are there, else
                in folders (places.py); meter.py has its limits, settings.py what it may take along of this machine
schema.py       what Gradescope takes as a results.json
show.py         the page that a student, or an instructor, sees of a results.json
"""
