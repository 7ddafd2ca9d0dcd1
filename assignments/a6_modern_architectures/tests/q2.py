from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 10

@test_case(points=0, hidden=False)
def test_returns_a_model(env):
    """Every layer has as many weights as it should, and all can be trained"""
    from cnnchecks import check_layers
    check_layers(env, 'alexnet')

