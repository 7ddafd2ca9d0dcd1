from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 14

@test_case(points=0, hidden=False)
def test_docstring(env):
    """The example in the docstring: 20x20, valid"""
    from cnnchecks import check
    check(env, 'lenet_activation_sizes', 20, 20, 'valid')

@test_case(points=0, hidden=False)
def test_not_square(env):
    """An image that isn't square, same"""
    from cnnchecks import check
    check(env, 'lenet_activation_sizes', 20, 36, 'same')

