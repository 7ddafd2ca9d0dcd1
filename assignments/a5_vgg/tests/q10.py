from otter.test_files import test_case

OK_FORMAT = False

name = "q10"
points = 6

@test_case(points=0, hidden=False)
def test_four_networks(env):
    """Four networks, two of them equally accurate"""
    import numpy as np
    from cnnchecks import check
    check(env, 'leaderboard', np.array([0.95, 0.99, 0.96, 0.95]), np.array([800, 5000, 900, 700]), budget=1000)

@test_case(points=0, hidden=False)
def test_just_within(env):
    """One that is as large as the budget"""
    import numpy as np
    from cnnchecks import check
    check(env, 'leaderboard', np.array([0.5, 0.75, 0.625]), np.array([30, 1001, 1000]), budget=1000)

