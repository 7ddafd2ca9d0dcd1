from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 6

@test_case(points=0, hidden=False)
def test_three_networks(env):
    """Three networks, two images, three classes"""
    import numpy as np
    from cnnchecks import check
    rows = [[[0.5, 0.375, 0.125], [0.25, 0.5, 0.25]], [[0.5, 0.375, 0.125], [0.625, 0.25, 0.125]], [[0.0625, 0.875, 0.0625], [0.125, 0.25, 0.625]]]
    check(env, 'ensemble_predictions', np.array(rows))

