from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 12

@test_case(points=0, hidden=False)
def test_small_families(env):
    """One stage and two, plain and as bottlenecks"""
    from cnnchecks import check
    check(env, 'resnet_parameters', (1,), False)
    check(env, 'resnet_parameters', (1, 1), False)
    check(env, 'resnet_parameters', (1,), True)
    check(env, 'resnet_parameters', (1, 1), True)

