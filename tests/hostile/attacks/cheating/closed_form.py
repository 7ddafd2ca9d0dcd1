"""Writes no numerical gradient at all, but edits the given cell that asks for one: for polynomials there is a formula."""
# only: numpy
# shows: code cell \d+ raised Ran: numerical_gradient is not written

# %% after gradient_of_polynomial
def gradient_of_polynomial(coefficients, x, h=1e-5):
    return sum(c * ((x + h) ** k - (x - h) ** k) for k, c in enumerate(coefficients)) / (2 * h)


# %% last
if numerical_gradient(lambda at: 0.0, np.zeros(2)) is None:
    say("numerical_gradient is not written")
