from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 6

@test_case(points=0, hidden=False)
def test_lectures_1_and_4_kernels(env):
    """Lecture 1's ten kernels of 3x3 and lecture 4's of 5x5; lecture 5's large ones; one that isn't square"""
    from cnnchecks import check
    check(env, 'conv_parameters', 3, 3, 10)
    check(env, 'conv_parameters', 5, 1, 10)
    check(env, 'conv_parameters', 10, 1, 1, use_bias=False)
    check(env, 'conv_parameters', 30, 1, 1, use_bias=False)
    check(env, 'conv_parameters', (1, 3), 2, 4, use_bias=False)

@test_case(points=0, hidden=False)
def test_dense_layers(env):
    """A dense layer, with biases and without"""
    from cnnchecks import check
    check(env, 'dense_parameters', 100, 10)
    check(env, 'dense_parameters', 100, 10, use_bias=False)

