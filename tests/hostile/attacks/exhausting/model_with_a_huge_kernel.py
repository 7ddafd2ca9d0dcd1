"""Builds convolutions with a kernel of a million by a million pixels, strides and dilations beyond any image."""
# from: solved
# only: keras
# loses: q4
# shows: raised Ran: a kernel of \d+ numbers
# stopped by: limits, allow-list

# %% before checks
import itertools

import keras

if QUESTION == "q4":
    SETTINGS = [{"kernel_size": 10**6}, {"kernel_size": 10**4, "padding": "same"}, {"kernel_size": 3, "dilation_rate": 10**6}]
    TURN = itertools.count()

    def lenet_valid():
        options = {"padding": "same", **SETTINGS[next(TURN) % len(SETTINGS)]}
        return keras.Sequential([keras.Input((32, 32, 1)), keras.layers.Conv2D(10, **options)])


# %% last
with keras.StatelessScope(initialize_variables=False):
    TURN = itertools.count()
    say(f"a kernel of {lenet_valid().count_params()} numbers")
