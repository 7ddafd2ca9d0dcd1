from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 8

@test_case(points=0, hidden=False)
def test_two_layers(env):
    """One layer, two layers, a stride, a dilation"""
    from cnnchecks import check
    check(env, 'receptive_field', ((5, 1, 1),))
    check(env, 'receptive_field', ((3, 1, 1), (3, 1, 1)))
    check(env, 'receptive_field', ((3, 2, 1), (3, 1, 1)))
    check(env, 'receptive_field', ((3, 1, 1), (3, 1, 2)))

@test_case(points=0, hidden=False)
def test_lenet_field(env):
    """LeNet's C1, S2, C3, S4 and, as a convolution of 5x5, C5"""
    from cnnchecks import check
    check(env, 'receptive_field', ((5, 1, 1), (2, 2, 1), (5, 1, 1)))
    check(env, 'receptive_field', ((5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1), (5, 1, 1)))

