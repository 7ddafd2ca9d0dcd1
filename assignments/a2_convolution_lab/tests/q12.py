from otter.test_files import test_case

OK_FORMAT = False

name = "q12"
points = 8

@test_case(points=0, hidden=False)
def test_small_errors(env):
    """Twelve numbers in order, and a picture with a bright dot"""
    import numpy as np
    from cnnchecks import check
    check(env, 'equivariance_errors', np.arange(12.0).reshape(3, 4), np.array([[-1.0, 1.0], [0.0, 0.0]]), 1, 1)
    dot = np.zeros((5, 5))
    dot[1, 3] = 10
    check(env, 'equivariance_errors', dot, np.array([[1.0, 2.0, 0.0], [0.0, -3.0, 0.0], [0.0, 0.0, 1.0]]), 1, 2)

@test_case(points=0, hidden=False)
def test_form_of_the_words(env):
    """One of three words each"""
    from cnnchecks import check_form
    words = ('equivariant', 'invariant', 'neither')
    for_each = {'like': 'word', 'choices': words}
    check_form(env, 'of_convolution', **for_each)
    check_form(env, 'of_largest', **for_each)
    check_form(env, 'of_dense', **for_each)

