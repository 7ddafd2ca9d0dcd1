"""A notebook of lists in lists, a hundred thousand deep."""
# shows: The notebook can't be read
# stopped by: intake

# %% upload
files[notebook] = b'{"nbformat": 4, "metadata": {}, "cells": ' + b"[" * 10**5 + b"]" * 10**5 + b"}"
