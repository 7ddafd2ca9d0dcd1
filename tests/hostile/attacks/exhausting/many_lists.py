"""A notebook of 60 megabytes of empty lists, each of which takes thirty times its length in memory."""
# shows: The notebook holds more than a million lists
# stopped by: intake

# %% upload
files[notebook] = b'{"nbformat": 4, "metadata": {"x": [' + b"[]," * 20_000_000 + b"0]}" + b', "cells": []}'
