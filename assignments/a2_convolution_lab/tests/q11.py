from otter.test_files import test_case

OK_FORMAT = False

name = "q11"
points = 8

@test_case(points=0, hidden=False)
def test_lecture_5_matrix(env):
    """Lecture 5's kernel on a row of five"""
    import numpy as np
    from cnnchecks import check
    check(env, 'convolution_matrix', np.array([-1.0, 0.0, 1.0]), 5)

@test_case(points=0, hidden=False)
def test_another_matrix(env):
    """A kernel of two on a row of four"""
    import numpy as np
    from cnnchecks import check
    check(env, 'convolution_matrix', np.array([1.0, 2.0]), 4)

@test_case(points=0, hidden=False)
def test_two_pixels_dense(env):
    """A picture of two pixels"""
    from cnnchecks import check
    check(env, 'dense_weights', 1, 2)

