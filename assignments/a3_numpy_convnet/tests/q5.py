from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 10

@test_case(points=0, hidden=False)
def test_lecture_1(env):
    """Lecture 1's table (a)"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]], float)
    check(env, 'max_pool2d_forward', x.reshape(1, 4, 4, 1))

@test_case(points=0, hidden=False)
def test_lecture_2(env):
    """Lecture 2's table: 8, 7, 5, 8"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]], float)
    check(env, 'max_pool2d_forward', x.reshape(1, 4, 4, 1))

@test_case(points=0, hidden=False)
def test_negative_border(env):
    """Negative pixels, padded "same": the border never wins"""
    import numpy as np
    from cnnchecks import check
    x = -np.arange(1.0, 31.0).reshape(1, 3, 5, 2)
    check(env, 'max_pool2d_forward', x, padding='same')
    check(env, 'max_pool2d_forward', x, pool_size=(2, 3), strides=1, padding='same')

@test_case(points=0, hidden=False)
def test_integer_image(env):
    """An image of integers, pooled 2x3 with strides (1, 2), comes out in float64"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(60).reshape(2, 5, 6, 1) * 7 % 11
    check(env, 'max_pool2d_forward', x, pool_size=(2, 3), strides=(1, 2))

@test_case(points=0, hidden=False)
def test_backward(env):
    """Lecture 2's table backwards"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]], float)
    dout = np.array([10.0, 20.0, 30.0, 40.0]).reshape(1, 2, 2, 1)
    check(env, 'max_pool2d_backward', dout, x.reshape(1, 4, 4, 1))

@test_case(points=0, hidden=False)
def test_tie(env):
    """Equal maxima: the first in row order gets the gradient"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[0, 6, 1, 1], [6, 6, 1, 1], [-2, -3, 0, 5], [-2, -2, 5, 5]], float)
    dout = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 2, 2, 1)
    check(env, 'max_pool2d_backward', dout, x.reshape(1, 4, 4, 1))

@test_case(points=0, hidden=False)
def test_overlap(env):
    """Overlapping windows: a pixel that wins twice gets both gradients"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[1, 2, 3], [4, 9, 5], [6, 7, 8]], float).reshape(1, 3, 3, 1)
    check(env, 'max_pool2d_backward', np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 2, 2, 1), x, strides=1)
    dout = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    check(env, 'max_pool2d_backward', dout, -x, pool_size=2, strides=1, padding='same')

