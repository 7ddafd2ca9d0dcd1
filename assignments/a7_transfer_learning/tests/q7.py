from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 12

@test_case(points=0, hidden=False)
def test_rates_in_order(env):
    """Three rates, two runs each"""
    import numpy as np
    from cnnchecks import check
    check(env, 'choose_rate', np.array([0.125, 0.25, 0.5]), np.array([[1.0, 1.0], [0.25, 1.25], [2.0, 0.0625]]))

@test_case(points=0, hidden=False)
def test_one_diverged(env):
    """A rate with a run that diverged"""
    import numpy as np
    from cnnchecks import check
    losses = np.array([[np.nan, 3.0], [0.25, np.nan], [1.0, 1.0], [0.5, 1.5]])
    check(env, 'choose_rate', np.array([1.0, 0.5, 0.25, 0.125]), losses)

@test_case(points=0, hidden=False)
def test_finetuned_file(env):
    """The file was loaded into a partly frozen network, and all its numbers are finite"""
    from cnnchecks import check_trained
    check_trained(env, 'finetuned', like='partly_frozen_network', trainable=False)

