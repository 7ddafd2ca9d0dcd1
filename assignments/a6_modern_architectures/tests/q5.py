from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 16

@test_case(points=0, hidden=False)
def test_block_layers(env):
    """Both blocks: every layer has as many weights as it should"""
    from cnnchecks import check_layers
    check_layers(env, 'residual_identity')
    check_layers(env, 'residual_projection')

@test_case(points=0, hidden=False)
def test_identity_outputs(env):
    """The block with the identity, with the weights of data.npz"""
    from cnnchecks import check_model, data
    weights = [data()[name] for name in sorted(data()) if name.startswith('residual_identity_')]
    check_model(env, 'residual_identity', weights, data()['residual_x'])

@test_case(points=0, hidden=False)
def test_projection_outputs(env):
    """The block with the projection, with the weights of data.npz"""
    from cnnchecks import check_model, data
    weights = [data()[name] for name in sorted(data()) if name.startswith('residual_projection_')]
    check_model(env, 'residual_projection', weights, data()['residual_x'])

