from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 6

@test_case(points=0, hidden=False)
def test_series_layers(env):
    """Every layer has as many weights as it should"""
    from cnnchecks import check_layers
    check_layers(env, 'series_network')

@test_case(points=0, hidden=False)
def test_series_outputs(env):
    """With given weights, three series are continued like the reference's"""
    import numpy as np
    from cnnchecks import check_model
    taps = np.array([-1.0, 1.0, 0.5, 0.5, 1.0, 0.0, 0.0, 1.0]).reshape(4, 1, 2).transpose(2, 1, 0)
    mixed = np.array([1.0, -1.0, 0.5, 0.0] * 8).reshape(2, 4, 4)
    last = np.array([-1.0, 0.5, -0.5, 0.25, -2.0, 0.5, 0.25, 1.0]).reshape(8, 1)
    biases = (np.array([0.25, -0.25, 0.0, 0.5]), np.array([0.0, 0.5, -0.5, 0.25]), np.array([-0.125]))
    arrays = [taps, biases[0], mixed, biases[1], last, biases[2]]
    series = np.array([[1, 2, 4, 3], [0, -2, 1, -1], [3, 1, 0, 2]], np.float32)[..., None]
    check_model(env, 'series_network', [array.astype(np.float32) for array in arrays], series)

