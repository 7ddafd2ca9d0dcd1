from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 10

@test_case(points=0, hidden=False)
def test_lecture_2_patch(env):
    """Lecture 2's first window: 13, not 88"""
    import numpy as np
    from cnnchecks import check
    window = np.array([[2.0, 9, 11], [12, 43, 2], [9, 87, 65]])
    check(env, 'convolve2d', window, np.array([[0.0, 0, 1], [1, 0, 0], [0, 0, 1]]))

@test_case(points=0, hidden=False)
def test_wide_kernel(env):
    """A kernel of two rows and three columns"""
    import numpy as np
    from cnnchecks import check
    check(env, 'convolve2d', np.arange(20.0).reshape(4, 5) ** 2 % 7, np.array([[1.0, 2, 0], [0, -1, 3]]))

