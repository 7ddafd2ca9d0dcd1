from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 8

@test_case(points=0, hidden=False)
def test_three_pixels(env):
    """Black, a red and white, as bytes"""
    import numpy as np
    from cnnchecks import check
    check(env, 'to_grey', np.array([[[0, 0, 0], [100, 0, 0], [255, 255, 255]]], np.uint8))

@test_case(points=0, hidden=False)
def test_alpha(env):
    """A fourth channel is left out"""
    import numpy as np
    from cnnchecks import check
    check(env, 'to_grey', np.array([[[10, 20, 30, 255]], [[200, 100, 50, 0]]], np.uint8))

