from otter.test_files import test_case

OK_FORMAT = False

name = "q10"
points = 10

@test_case(points=0, hidden=False)
def test_three_networks(env):
    """Series of 9 values, and one of 3"""
    from cnnchecks import check
    check(env, 'values_seen', 'one at a time', 9)
    check(env, 'values_seen', 'convolution', 9, (2, 2, 3))
    check(env, 'values_seen', 'convolution', 3, (4, 2))
    check(env, 'values_seen', 'recurrent', 9)

@test_case(points=0, hidden=False)
def test_two_series(env):
    """Two series of three moments, two units"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[[1.0], [0.0], [-0.5]], [[0.5], [2.0], [0.0]]])
    w_x, w_h, b = (np.array([[0.5, -1.0]]), np.array([[0.5, 1.0], [-0.25, 0.75]]), np.array([0.25, 0.0]))
    check(env, 'rnn_forward', x, w_x, w_h, b)

