from otter.test_files import test_case

OK_FORMAT = False

name = "q11"
points = 4

@test_case(points=0, hidden=False)
def test_small_layer(env):
    """One image of 3x3, two kernels of 3x3"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[1.0, -2.0, 3.0], [0.0, 4.0, -1.0], [2.0, 1.0, -3.0]]).reshape(1, 3, 3, 1)
    w = np.arange(18.0).reshape(3, 3, 1, 2) * 7 % 5 - 2
    dout = np.arange(18.0).reshape(1, 3, 3, 2) % 4 - 1
    check(env, 'first_layer', x, w, np.array([1.5, -0.5]), dout)

@test_case(points=0, hidden=False)
def test_layer_of_lenet(env):
    """LeNet's first layer: 28x28 pixels, six kernels of 5x5"""
    import numpy as np
    from cnnchecks import check
    x = (np.arange(28 * 28) ** 2 % 11).reshape(1, 28, 28, 1) / 10
    w = (np.arange(150) * 13 % 9 - 4).reshape(5, 5, 1, 6) / 4
    dout = (np.arange(28 * 28 * 6) ** 2 % 7 - 3).reshape(1, 28, 28, 6) / 1
    check(env, 'first_layer', x, w, np.arange(6.0) - 1.99, dout)

