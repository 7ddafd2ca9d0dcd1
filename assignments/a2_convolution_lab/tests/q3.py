from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 8

@test_case(points=0, hidden=False)
def test_squares(env):
    """The example in the text: 8 and 12"""
    import numpy as np
    from cnnchecks import check
    check(env, 'correlate1d', np.array([1.0, 4.0, 9.0, 16.0]), np.array([-1.0, 0.0, 1.0]))

@test_case(points=0, hidden=False)
def test_mean_of_two(env):
    """A moving average of two, and a kernel as long as the row"""
    import numpy as np
    from cnnchecks import check
    check(env, 'correlate1d', np.array([2.0, 4.0, 8.0, 6.0]), np.array([0.5, 0.5]))
    check(env, 'correlate1d', np.array([2.0, 4.0, 8.0]), np.array([1.0, 2.0, 3.0]))

