from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 8

@test_case(points=0, hidden=False)
def test_two_by_four(env):
    """Two rows of four, training and testing"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[4.0, 8.0, -12.0, 16.0], [4.0, 8.0, -12.0, 16.0]])
    noise = np.array([[0.1, 0.9, 0.5, 0.7], [0.8, 0.3, 0.15, 0.6]])
    check(env, 'dropout', x, noise, 0.2)
    check(env, 'dropout', x, noise, 0.2, training=False)

