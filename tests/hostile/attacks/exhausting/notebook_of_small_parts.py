"""A notebook of fifty megabytes of texts of two letters, each of which takes ten times its length in memory."""
# shows: The notebook holds more than a million
# stopped by: intake

# %% upload
files[notebook] = b'{"nbformat": 4, "metadata": {"x": [' + b'"ab",' * 10_000_000 + b'""]}, "cells": []}'
