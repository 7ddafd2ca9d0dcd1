from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 10

@test_case(points=0, hidden=False)
def test_two_pixels(env):
    """The example in the docstring"""
    import numpy as np
    from cnnchecks import check
    image, kernels = (np.array([[[1.0, 5.0], [4.0, 3.0]]]), np.array([1.0, -1.0]).reshape(1, 1, 2, 1))
    check(env, 'feature_maps', image, kernels, np.array([2.0]))

@test_case(points=0, hidden=False)
def test_two_maps(env):
    """Three channels, two kernels, two biases"""
    import numpy as np
    from cnnchecks import check
    image = np.arange(36.0).reshape(3, 4, 3) * 5 % 7 - 2
    kernels = np.arange(24.0).reshape(2, 2, 3, 2) * 3 % 5 - 2
    check(env, 'feature_maps', image, kernels, np.array([-1.0, 4.0]))

