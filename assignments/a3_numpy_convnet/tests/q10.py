from otter.test_files import test_case

OK_FORMAT = False

name = "q10"
points = 8

@test_case(points=0, hidden=False)
def test_silent_network(env):
    """All parameters 0: the loss is log 10 and only b5 gets a gradient"""
    import numpy as np
    from cnnchecks import check
    shapes = {'w1': (5, 5, 1, 6), 'b1': (6,), 'w2': (5, 5, 6, 16), 'b2': (16,), 'w3': (400, 120), 'b3': (120,), 'w4': (120, 84), 'b4': (84,), 'w5': (84, 10), 'b5': (10,)}
    params = {name: np.zeros(shape) for name, shape in shapes.items()}
    x = np.arange(2 * 28 * 28).reshape(2, 28, 28, 1) % 5 / 4
    check(env, 'lenet_gradients', params, x, np.array([3, 8]))

@test_case(points=0, hidden=False)
def test_whole_network(env):
    """Every layer gets its gradient (few units of the third layer are awake)"""
    import numpy as np
    from cnnchecks import check
    shapes = {'w1': (5, 5, 1, 6), 'b1': (6,), 'w2': (5, 5, 6, 16), 'b2': (16,), 'w3': (400, 120), 'b3': (120,), 'w4': (120, 84), 'b4': (84,), 'w5': (84, 10), 'b5': (10,)}
    params = {}
    for place, (name, shape) in enumerate(shapes.items()):
        params[name] = ((np.arange(np.prod(shape)) ** 2 % (29 + place) - 14) / 64).reshape(shape)
    params['b3'] = np.where(np.arange(120) % 24 == 5, 1.0, -1000.0)
    params['b4'] = np.where(np.arange(84) % 12 == 5, 1.0, -1000.0)
    x = (np.arange(2 * 28 * 28) ** 2 % 17).reshape(2, 28, 28, 1) / 16
    check(env, 'lenet_gradients', params, x, np.array([3, 8]))

@test_case(points=0, hidden=False)
def test_step(env):
    """One step of gradient descent, on a new dictionary"""
    import numpy as np
    from cnnchecks import check
    params = {'w': np.arange(6.0).reshape(2, 3), 'b': np.array([1.0, -1.0, 0.0])}
    grads = {'w': np.full((2, 3), 4.0), 'b': np.array([-8.0, 0.0, 8.0])}
    check(env, 'sgd_step', params, grads, 0.25)

