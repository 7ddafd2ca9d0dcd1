from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 12

@test_case(points=0, hidden=False)
def test_docstring_sizes(env):
    """The example in the docstring: 131x131, valid"""
    from cnnchecks import check
    check(env, 'alexnet_activation_sizes', 131, 'valid')

@test_case(points=0, hidden=False)
def test_padded(env):
    """128x128, conv1 padded"""
    from cnnchecks import check
    check(env, 'alexnet_activation_sizes', 128, 'same')

