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

@test_case(points=0, hidden=False)
def test_form_of_resnet_152(env):
    """A whole number that is a count"""
    from cnnchecks import check_form
    check_form(env, 'resnet_152', like=1, at_least=1)

