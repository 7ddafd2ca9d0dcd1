from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 8

@test_case(points=0, hidden=False)
def test_even_odds(env):
    """Ten equal logits: the loss is log 10"""
    import numpy as np
    from cnnchecks import check
    check(env, 'softmax_cross_entropy', np.zeros((2, 10)), np.array([3, 7]))

@test_case(points=0, hidden=False)
def test_mean_over_the_batch(env):
    """Three images of four classes: a mean, not a sum"""
    import numpy as np
    from cnnchecks import check
    logits = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, -1.0, 2.0, 0.0], [5.0, 1.0, 1.0, -3.0]])
    check(env, 'softmax_cross_entropy', logits, np.array([3, 0, 1]))

@test_case(points=0, hidden=False)
def test_large(env):
    """Logits of 800 and -800"""
    import numpy as np
    from cnnchecks import check
    check(env, 'softmax_cross_entropy', np.array([[800.0, 0.0], [-800.0, 0.0]]), np.array([1, 0]))

