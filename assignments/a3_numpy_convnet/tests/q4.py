from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 14

@test_case(points=0, hidden=False)
def test_one_window(env):
    """One window: dx is the kernel, dw is the image"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    w = np.array([[5.0, 6.0], [7.0, 8.0]]).reshape(2, 2, 1, 1)
    check(env, 'conv2d_backward', np.full((1, 1, 1, 1), 2.0), x, w)

@test_case(points=0, hidden=False)
def test_lecture_2_backwards(env):
    """Lecture 2's image and kernel, every output with its own gradient"""
    import numpy as np
    from cnnchecks import check
    image = '2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0'
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    w = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    check(env, 'conv2d_backward', np.arange(1.0, 10.0).reshape(1, 3, 3, 1), x, w)

@test_case(points=0, hidden=False)
def test_batch_and_channels(env):
    """Two images, two channels, three filters, padded "same" with an even kernel"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(48.0).reshape(2, 3, 4, 2) % 7 - 3
    w = np.arange(36.0).reshape(2, 3, 2, 3) % 5 - 2
    dout = np.arange(72.0).reshape(2, 3, 4, 3) % 4 - 1
    check(env, 'conv2d_backward', dout, x, w, padding='same')

@test_case(points=0, hidden=False)
def test_strided(env):
    """Unequal strides that leave the last column unread"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(30.0).reshape(1, 5, 6, 1) % 7 - 3
    w = np.arange(9.0).reshape(3, 3, 1, 1) - 4
    check(env, 'conv2d_backward', np.arange(1.0, 7.0).reshape(1, 3, 2, 1), x, w, strides=(1, 2))

@test_case(points=0, hidden=False)
def test_dilated(env):
    """A dilated kernel"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(30.0).reshape(1, 5, 6, 1) % 7 - 3
    w = np.arange(4.0).reshape(2, 2, 1, 1) + 1
    check(env, 'conv2d_backward', np.arange(12.0).reshape(1, 3, 4, 1) - 5, x, w, dilation_rate=2)

