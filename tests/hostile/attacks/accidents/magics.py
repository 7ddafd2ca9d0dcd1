"""Installs packages and imports NumPy in the same cell, and uses the magics and shell commands that notebooks collect."""
# from: solved
# shows: raised Ran: magics

# %% first
!pip install -q numpy matplotlib
%pip install numpy
import numpy as np
import matplotlib.pyplot as plt
%matplotlib notebook
%matplotlib inline
%config InlineBackend.figure_format = "retina"

# %% first
%load_ext autoreload
%autoreload 2

# %% first
%load_ext tensorboard
%tensorboard --logdir logs

# %% first
%%bash
echo hello
ls -la
sleep 1

# %% first
%%capture output
print("hidden")

# %% first
files_here = !ls
%env CUDA_VISIBLE_DEVICES=0
%time sum(range(1000))
%timeit -n 2 -r 2 sum(range(100))

# %% first
%%time
total = sum(range(1000))

# %% first
%%html
<b>bold</b>

# %% first
%%javascript
alert(1)

# %% first
%no_such_magic

# %% first
np.zeros?

# %% last
%reset_selective -f no_such_name_anywhere
%who
%whos
%history
%lsmagic
say("magics")
