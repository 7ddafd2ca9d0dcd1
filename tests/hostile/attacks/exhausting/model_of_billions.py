"""Builds a model of 10^12 parameters, and loads another one in earnest."""
# from: solved
# only: keras
# loses: q4
# shows: raised (Ran: \d+ parameters|.*ResourceExhausted|.*Memory)|was stopped
# stopped by: limits, allow-list

# %% before checks
import keras

if QUESTION == "q4":

    def lenet_valid():
        wide = [keras.layers.Dense(10**6) for _ in range(2)]
        return keras.Sequential([keras.Input((32, 32, 1)), keras.layers.Flatten(), *wide, keras.layers.Dense(10)])


# %% last
with keras.StatelessScope(initialize_variables=False):
    parameters = lenet_valid().count_params()
say(f"{parameters} parameters")

# %% last
lenet_valid()
