from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 16

@test_case(points=0, hidden=False)
def test_module_layers(env):
    """Both modules: every layer has as many weights as it should"""
    from cnnchecks import check_layers
    check_layers(env, 'inception_naive')
    check_layers(env, 'inception_reduced')

@test_case(points=0, hidden=False)
def test_naive_outputs(env):
    """The naive module, with the weights of data.npz"""
    from cnnchecks import check_model, data
    weights = [data()[name] for name in sorted(data()) if name.startswith('inception_naive_')]
    check_model(env, 'inception_naive', weights, data()['inception_x'])

@test_case(points=0, hidden=False)
def test_reduced_outputs(env):
    """The module with reductions, with the weights of data.npz"""
    from cnnchecks import check_model, data
    weights = [data()[name] for name in sorted(data()) if name.startswith('inception_reduced_')]
    check_model(env, 'inception_reduced', weights, data()['inception_x'])

