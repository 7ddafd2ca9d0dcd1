from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 8

@test_case(points=0, hidden=False)
def test_small_heads(env):
    """The example in the docstring"""
    from cnnchecks import check
    check(env, 'head_parameters', 3, 2, 5, 4, 'flatten')
    check(env, 'head_parameters', 3, 2, 5, 4, 'average')

@test_case(points=0, hidden=False)
def test_small_maps(env):
    """Maps of two images, two channels, two classes"""
    import numpy as np
    from cnnchecks import check
    maps = np.arange(24.0).reshape(2, 2, 3, 2) - 9
    check(env, 'class_maps', maps, np.array([[1.0, -2.0], [2.0, 1.0]]), np.array([3.0, -1.0]))

