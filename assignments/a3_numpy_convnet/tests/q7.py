from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 8

@test_case(points=0, hidden=False)
def test_dense(env):
    """A batch of three through a dense layer"""
    import numpy as np
    from cnnchecks import check
    x, w = (np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4) - 3)
    check(env, 'dense_forward', x, w, np.array([10.0, 20.0, 30.0, 40.0]))

@test_case(points=0, hidden=False)
def test_dense_backward(env):
    """And backwards: three gradients, each in the shape of what it belongs to"""
    import numpy as np
    from cnnchecks import check
    x, w = (np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4) - 3)
    check(env, 'dense_backward', np.arange(12.0).reshape(3, 4) % 5 - 2, x, w)

@test_case(points=0, hidden=False)
def test_relu(env):
    """ReLU of negative, zero and positive values"""
    import numpy as np
    from cnnchecks import check
    check(env, 'relu_forward', np.arange(-4.0, 4.0).reshape(2, 4))

@test_case(points=0, hidden=False)
def test_relu_backward(env):
    """ReLU backwards: the sign of x decides, and 0 stops the gradient"""
    import numpy as np
    from cnnchecks import check
    x = np.array([[-1.0, 0.0, 2.0], [3.0, -4.0, 0.0]])
    check(env, 'relu_backward', np.array([[5.0, 6.0, -7.0], [8.0, -9.0, 10.0]]), x)

