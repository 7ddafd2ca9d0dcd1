from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 6

@test_case(points=0, hidden=False)
def test_small_shifts(env):
    """A picture of 3x4 pixels, moved four ways"""
    import numpy as np
    from cnnchecks import check
    image = np.arange(1.0, 13.0).reshape(1, 3, 4, 1)
    check(env, 'shifted', image, 1, 0)
    check(env, 'shifted', image, 0, -2)
    check(env, 'shifted', image, -1, 1)
    check(env, 'shifted', image, 0, 0)

