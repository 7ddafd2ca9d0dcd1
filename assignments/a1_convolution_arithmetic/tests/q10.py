from otter.test_files import test_case

OK_FORMAT = False

name = "q10"
points = 6

@test_case(points=0, hidden=False)
def test_cost_of_lenet(env):
    """LeNet's two convolutions, and the docstring's example"""
    from cnnchecks import check
    check(env, 'conv_cost', (6, 6, 2), 3, 4, 'valid')
    check(env, 'conv_cost', (28, 28, 1), 5, 6, 'same')
    check(env, 'conv_cost', (14, 14, 6), 5, 16, 'valid')

