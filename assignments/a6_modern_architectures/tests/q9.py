from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 8

@test_case(points=0, hidden=False)
def test_six_rows(env):
    """A table of six rows"""
    import numpy as np
    from cnnchecks import check
    networks, errors = (np.array([2, 1, 1, 3, 1, 1]), np.array([4.0, 9.0, 5.0, 8.0, 7.0, 6.0]))
    check(env, 'single_networks', networks, np.array([False, False, True, True, False, False]), errors)

@test_case(points=0, hidden=False)
def test_drops(env):
    """An error that falls, and one that grows"""
    from cnnchecks import check
    check(env, 'relative_drop', 16.0, 4.0)
    check(env, 'relative_drop', 4.0, 5.0)

@test_case(points=0, hidden=False)
def test_form_of_ilsvrc_classes(env):
    """A whole number that is a count"""
    from cnnchecks import check_form
    check_form(env, 'ilsvrc_classes', like=1, at_least=1)

