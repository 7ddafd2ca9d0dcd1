from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 12

@test_case(points=0, hidden=False)
def test_small_network(env):
    """The network of the docstrings"""
    from cnnchecks import check
    layers = (('conv', 3, 4, 'valid'), ('pool', 2), ('flatten',), ('dense', 5))
    check(env, 'activation_shapes', (8, 8, 3), layers)
    check(env, 'parameters_by_layer', (8, 8, 3), layers)

@test_case(points=0, hidden=False)
def test_lenet_table(env):
    """LeNet as in its paper, for 32x32"""
    from cnnchecks import check
    maps = (('conv', 5, 6, 'valid'), ('pool', 2), ('conv', 5, 16, 'valid'), ('pool', 2))
    layers = (*maps, ('flatten',), ('dense', 120), ('dense', 84), ('dense', 10))
    check(env, 'activation_shapes', (32, 32, 1), layers)
    check(env, 'parameters_by_layer', (32, 32, 1), layers)

@test_case(points=0, hidden=False)
def test_wide_network(env):
    """A wide image, sizes that don't come out even, both paddings"""
    from cnnchecks import check
    layers = (('conv', 3, 5, 'same'), ('pool', 2), ('conv', 3, 7, 'valid'), ('pool', 3), ('flatten',), ('dense', 4))
    check(env, 'activation_shapes', (21, 31, 2), layers)
    check(env, 'parameters_by_layer', (21, 31, 2), layers)

@test_case(points=0, hidden=False)
def test_form_of_exercise(env):
    """Six whole numbers for the network of the drawing"""
    from cnnchecks import check_form
    check_form(env, 'exercise_parameters', like=[0] * 6, at_least=0)

