from otter.test_files import test_case

OK_FORMAT = False

name = "q10"
points = 8

@test_case(points=0, hidden=False)
def test_bright_wall(env):
    """A pattern beside a white wall"""
    import numpy as np
    from cnnchecks import check
    image = np.array([[9.0, 9, 9, 9], [9, 1, 2, 9], [9, 3, 3, 9]])
    check(env, 'best_match', image, np.array([[50.0, 60.0], [70.0, 70.0]]))

@test_case(points=0, hidden=False)
def test_in_the_dark(env):
    """The template again, paler and darker, beside a stronger pattern that is less alike"""
    import numpy as np
    from cnnchecks import check
    image = np.array([[0.0, 9, 0, 9, 0, 0], [9, 9, 0, 0, 3, 4], [0, 9, 9, 0, 5, 5], [0, 0, 9, 0, 0, 0]])
    check(env, 'best_match', image, np.array([[10.0, 30.0], [50.0, 50.0]]))

