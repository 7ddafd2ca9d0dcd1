"""Puts a layer that nobody has looked at into a network that is right otherwise; whoever rebuilds the network runs it."""
# from: solved
# only: keras
# loses: q4
# shows: raised Ran: with ActivityRegularization
# stopped by: allow-list

# %% before checks
import keras

if QUESTION == "q4":
    right = lenet_valid

    def lenet_valid():
        known = right()
        return keras.Sequential([keras.Input((32, 32, 1)), keras.layers.ActivityRegularization(), *known.layers])


# %% last
say(f"with {type(lenet_valid().layers[0]).__name__}")
