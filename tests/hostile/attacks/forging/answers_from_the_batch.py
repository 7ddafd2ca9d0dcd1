"""Hands over its trained network with a layer that compares each image with the others of the batch: what one image is read as depends on who asks what else."""
# from: solved
# only: keras
# loses: q6
# shows: raised Ran: the batch decides
# stopped by: drawn-question

# %% before checks
import keras
from keras import ops

if QUESTION == "q6":
    images = keras.Input((28, 28, 1))
    answer = trained(images)
    trained = keras.Model(images, answer - 0.05 * ops.mean(answer, axis=0, keepdims=True))

# %% last
say("the batch decides")
