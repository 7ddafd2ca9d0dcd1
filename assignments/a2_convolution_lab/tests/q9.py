from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 8

@test_case(points=0, hidden=False)
def test_unmoved(env):
    """Two bright pixels: one leaves its window, the other doesn't"""
    import numpy as np
    from cnnchecks import check
    image = np.zeros((4, 8))
    image[0, 0], image[0, 5], image[2, 1], image[2, 6] = (9, 5, 3, 7)
    check(env, 'unmoved_share', image, 2, 1)
    check(env, 'unmoved_share', image, 4, 1)

@test_case(points=0, hidden=False)
def test_mask(env):
    """A mask with a thin line and a block"""
    import numpy as np
    from cnnchecks import check
    mask = np.array([[1.0, 0, 0, 0, 1, 1], [1, 0, 0, 0, 1, 1], [1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0]])
    check(env, 'pixels_wrong', mask, 2)

