from otter.test_files import test_case

OK_FORMAT = False

name = "q12"
points = 4

@test_case(points=0, hidden=False)
def test_rows(env):
    """2x2 windows of a 3x3 image"""
    import numpy as np
    from cnnchecks import check
    check(env, 'im2col', np.arange(9.0).reshape(1, 3, 3, 1), 2)

@test_case(points=0, hidden=False)
def test_rows_of_channels(env):
    """Two images with two channels; strides; zeros"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(48.0).reshape(2, 3, 4, 2)
    check(env, 'im2col', x, 2)
    check(env, 'im2col', x, 2, 2)
    check(env, 'im2col', x, 3, padding='same')

