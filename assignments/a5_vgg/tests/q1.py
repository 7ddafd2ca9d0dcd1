from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 8

@test_case(points=0, hidden=False)
def test_two_of_three(env):
    """Two kernels of 3, and one of 5"""
    from cnnchecks import check
    check(env, 'stack_reach', 3, 2)
    check(env, 'stack_reach', 5, 1)

@test_case(points=0, hidden=False)
def test_small_stack(env):
    """One layer and two, two channels"""
    from cnnchecks import check
    check(env, 'stack_parameters', 3, 1, 2)
    check(env, 'stack_parameters', 3, 2, 2)

