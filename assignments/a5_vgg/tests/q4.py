from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 12

@test_case(points=0, hidden=False)
def test_layers_fit(env):
    """Every layer has as many weights as it should, and all can be trained"""
    from cnnchecks import check_layers
    check_layers(env, 'vgg_digits')

@test_case(points=0, hidden=False)
def test_given_weights(env):
    """With the weights of data.npz, four digits get the reference's probabilities"""
    import numpy as np
    from cnnchecks import check_model, data
    weights = [data()[f'w{place:02}'] for place in range(16)]
    x = data()['x_train'][:4, :, :, None].astype(np.float32) / 255
    check_model(env, 'vgg_digits', weights, x)

