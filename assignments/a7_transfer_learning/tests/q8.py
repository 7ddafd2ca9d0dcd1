from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 8

@test_case(points=0, hidden=False)
def test_one_axis(env):
    """A series, a stereo recording of three moments, a sentence of two words"""
    import numpy as np
    from cnnchecks import check
    check(env, 'as_input', 'series', np.array([3, 1, 4, 1]))
    check(env, 'as_input', 'audio', np.array([[1, 2, 3], [4, 5, 6]]))
    check(env, 'as_input', 'text', np.array([[1, 2, 3], [4, 5, 6]]))

@test_case(points=0, hidden=False)
def test_more_axes(env):
    """An image, and a film of two frames"""
    import numpy as np
    from cnnchecks import check
    check(env, 'as_input', 'image', np.array([[1, 2, 3], [4, 5, 6]]))
    check(env, 'as_input', 'video', np.array([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [1, 2, 3]]]))

