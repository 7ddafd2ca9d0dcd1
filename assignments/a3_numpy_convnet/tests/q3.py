from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 14

@test_case(points=0, hidden=False)
def test_lecture_2(env):
    """Lecture 2: the 5x5 image and the first kernel (88, 67, 55, 107)"""
    import numpy as np
    from cnnchecks import check
    image = '2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0'
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    w = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    check(env, 'conv2d_forward', x, w, np.zeros(1))

@test_case(points=0, hidden=False)
def test_lecture_2_same(env):
    """Lecture 2, padded: the first kernel (43 in the corner), then the second (12)"""
    import numpy as np
    from cnnchecks import check
    image = '2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0'
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    first = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    second = np.array([0, 0, 1, 1, 0, 0, 0, 1, 0], float).reshape(3, 3, 1, 1)
    check(env, 'conv2d_forward', x, first, np.zeros(1), padding='same')
    check(env, 'conv2d_forward', x, second, np.zeros(1), padding='same')

@test_case(points=0, hidden=False)
def test_lecture_2_stride(env):
    """Lecture 2, padded and with stride 2: 64 with both kernels"""
    import numpy as np
    from cnnchecks import check
    image = '2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0'
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    first = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    second = np.array([0, 0, 1, 1, 0, 0, 0, 1, 0], float).reshape(3, 3, 1, 1)
    check(env, 'conv2d_forward', x, second, np.zeros(1), strides=2, padding='same')
    check(env, 'conv2d_forward', x, first, np.zeros(1), strides=(2, 2), padding='same')

@test_case(points=0, hidden=False)
def test_lecture_5(env):
    """Lecture 5's moving average: ninths of a 10x10 image with a hole"""
    import numpy as np
    from cnnchecks import check
    image = '113 122 130 128 126 125 121 121 115 127\n               115 112 110 111 114 119 122 117 120 117\n               105 106 105 106 108 111 113 117 118 114\n                94  98 101 103 105 108 110 114 114 111\n               106 109 111 112 113 114 115 113 112 111\n               114 113 111 110 109   0   0   0 111 113\n               110 106 106 108 111   0   0   0 107 110\n               109 106 108 116 124   0   0   0 106 109\n               102  97 100 109 116 117 114 118 111 114\n               100 108  97 100 107  90  93  97 102 110'
    x = np.array(image.split(), float).reshape(1, 10, 10, 1)
    check(env, 'conv2d_forward', x, np.full((3, 3, 1, 1), 1 / 9), np.zeros(1))

@test_case(points=0, hidden=False)
def test_channels_and_filters(env):
    """Two images, two channels, three filters, a bias each; a kernel that is not square"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(48.0).reshape(2, 3, 4, 2) % 7 - 3
    w = np.arange(36.0).reshape(2, 3, 2, 3) % 5 - 2
    check(env, 'conv2d_forward', x, w, np.array([1.0, -2.0, 3.0]))

@test_case(points=0, hidden=False)
def test_uneven(env):
    """Unequal strides, an even kernel padded "same", a dilated kernel"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(42.0).reshape(1, 6, 7, 1) % 5 - 2
    w = np.arange(8.0).reshape(2, 4, 1, 1) - 3
    check(env, 'conv2d_forward', x, w, np.zeros(1), strides=(2, 1))
    check(env, 'conv2d_forward', x, w, np.zeros(1), padding='same')
    check(env, 'conv2d_forward', x, w, np.zeros(1), dilation_rate=(3, 2))

@test_case(points=0, hidden=False)
def test_one_by_one(env):
    """A 1x1 convolution: three channels become two, pixel by pixel"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(12.0).reshape(1, 2, 2, 3)
    w = np.array([[1.0, 0.0], [1.0, -1.0], [-2.0, 1.0]]).reshape(1, 1, 3, 2)
    check(env, 'conv2d_forward', x, w, np.array([0.0, 10.0]))

@test_case(points=0, hidden=False)
def test_integer_image(env):
    """An image of integers is computed in float64"""
    import numpy as np
    from cnnchecks import check
    x = (np.arange(16).reshape(1, 4, 4, 1) * 15).astype(np.uint8)
    w = np.array([0.5, -1.0, 1.0, 2.0]).reshape(2, 2, 1, 1)
    check(env, 'conv2d_forward', x, w, np.zeros(1))

