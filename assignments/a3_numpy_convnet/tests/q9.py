from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 6

@test_case(points=0, hidden=False)
def test_line(env):
    """3 + 2x has slope 2 everywhere"""
    import numpy as np
    from cnnchecks import check
    check(env, 'gradient_of_polynomial', [3.0, 2.0], np.array([[1.0, -2.0, 0.0], [4.0, 0.5, -0.5]]), 1e-05)

@test_case(points=0, hidden=False)
def test_central(env):
    """A cube with a coarse step: 12.25 at 2, as worked above"""
    import numpy as np
    from cnnchecks import check
    check(env, 'gradient_of_polynomial', [0.0, 0.0, 0.0, 1.0], np.array([2.0, -1.0, 0.0]), 0.5)

