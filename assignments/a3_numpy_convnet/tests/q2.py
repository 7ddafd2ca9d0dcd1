from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 8

@test_case(points=0, hidden=False)
def test_symmetric(env):
    """An odd kernel at stride 1 gets equal sides"""
    from cnnchecks import check
    check(env, 'same_padding', 5, 3)
    check(env, 'same_padding', 28, 5)
    check(env, 'same_padding', 7, 3, dilation_rate=2)

@test_case(points=0, hidden=False)
def test_odd_pixel_goes_after(env):
    """An odd total puts its extra zero after"""
    from cnnchecks import check
    check(env, 'same_padding', 6, 4)
    check(env, 'same_padding', 6, 3, strides=2)
    check(env, 'same_padding', 64, 5, strides=2)

@test_case(points=0, hidden=False)
def test_never_negative(env):
    """A stride longer than the kernel needs no zeros"""
    from cnnchecks import check
    check(env, 'same_padding', 7, 1, strides=3)

@test_case(points=0, hidden=False)
def test_lecture_2_border(env):
    """Lecture 2's 5x5 image with one zero all around"""
    import numpy as np
    from cnnchecks import check
    image = '2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0'
    check(env, 'zero_pad2d', np.array(image.split(), float).reshape(1, 5, 5, 1), 1)

@test_case(points=0, hidden=False)
def test_four_sides(env):
    """Rows and columns, then four different sides, two images of two channels"""
    import numpy as np
    from cnnchecks import check
    x = np.arange(1.0, 25.0).reshape(2, 2, 3, 2)
    check(env, 'zero_pad2d', x, (1, 2))
    check(env, 'zero_pad2d', x, ((0, 1), (2, 3)))

