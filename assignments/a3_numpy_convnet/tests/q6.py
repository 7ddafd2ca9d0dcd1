from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 8

@test_case(points=0, hidden=False)
def test_lecture_1(env):
    """Lecture 1's table (b)"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]], float)
    check(env, 'avg_pool2d_forward', x.reshape(1, 4, 4, 1))

@test_case(points=0, hidden=False)
def test_lecture_2(env):
    """Lecture 2's table: 5, 3, 3, 4"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]], float)
    check(env, 'avg_pool2d_forward', x.reshape(1, 4, 4, 1))

@test_case(points=0, hidden=False)
def test_real_pixels(env):
    """Padded "same": only real pixels count"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(1.0, 31.0).reshape(1, 3, 5, 2) * 6
    check(env, 'avg_pool2d_forward', x, padding='same')
    check(env, 'avg_pool2d_forward', x, pool_size=3, strides=(1, 2), padding='same')

@test_case(points=0, hidden=False)
def test_backward(env):
    """Backwards: shares of a quarter, then overlapping, then clipped by the border"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    check(env, 'avg_pool2d_backward', np.full((1, 1, 1, 1), 12.0), x)
    check(env, 'avg_pool2d_backward', np.array([4.0, 8.0, 12.0, 16.0]).reshape(1, 2, 2, 1), x, strides=1)
    check(env, 'avg_pool2d_backward', np.array([4.0, 8.0, 12.0, 16.0]).reshape(1, 2, 2, 1), x, padding='same')

@test_case(points=0, hidden=False)
def test_global(env):
    """Global average of two images with two channels, and its gradient"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(24.0).reshape(2, 2, 3, 2)
    check(env, 'global_avg_pool2d_forward', x)
    check(env, 'global_avg_pool2d_backward', np.array([[6.0, 12.0], [-6.0, 18.0]]), x)

