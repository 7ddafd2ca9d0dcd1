from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 8

@test_case(points=0, hidden=False)
def test_three_images(env):
    """Three images, three moves"""
    import numpy as np
    from cnnchecks import check
    images = np.arange(1.0, 61.0).reshape(3, 4, 5, 1)
    check(env, 'moved_images', images, np.array([[1, 0], [0, -2], [-1, 2]]))

