from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 8

@test_case(points=0, hidden=False)
def test_form_of_the_names(env):
    """Five names of the table"""
    from cnnchecks import check_form
    names = ('blur', 'sharpen', 'horizontal edges', 'vertical edges', 'outline')
    check_form(env, 'made_by', like=('name',) * 5, choices=names)

@test_case(points=0, hidden=False)
def test_flat_wall(env):
    """A detector and a kernel that isn't one, on a wall"""
    import numpy as np
    from cnnchecks import check
    check(env, 'flat_response', np.array([[-1.0, 0.0, 1.0]]), 100)
    check(env, 'flat_response', np.array([[1.0, 2.0], [0.0, -4.0]]), 10)

