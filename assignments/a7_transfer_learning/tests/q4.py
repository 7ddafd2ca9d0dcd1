from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 12

@test_case(points=0, hidden=False)
def test_frozen(env):
    """The layers of the first network, and what is trained of them"""
    from cnnchecks import check_layers
    check_layers(env, 'frozen_network')

@test_case(points=0, hidden=False)
def test_partly_frozen(env):
    """The layers of the second network, and what is trained of them"""
    from cnnchecks import check_layers
    check_layers(env, 'partly_frozen_network')

