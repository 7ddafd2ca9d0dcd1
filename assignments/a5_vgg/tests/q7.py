from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 8

@test_case(points=0, hidden=False)
def test_four_images(env):
    """Four images, four classes, one guess and two"""
    import numpy as np
    from cnnchecks import check
    sixteenths = [[8, 4, 3, 1], [1, 2, 6, 7], [9, 1, 2, 4], [2, 11, 1, 2.5]]
    probabilities, labels = (np.array(sixteenths) / 16.5, np.array([0, 2, 3, 2]))
    check(env, 'top_k_error', probabilities, labels, k=1)
    check(env, 'top_k_error', probabilities, labels, k=2)

