from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 14

@test_case(points=0, hidden=False)
def test_lecture_1(env):
    """Lecture 1's ten kernels of 3x3 on a colour image"""
    from cnnchecks import check
    check(env, 'conv_parameters', 3, 3, 10)
    check(env, 'conv_parameters', (1, 3), 2, 4, use_bias=False)

@test_case(points=0, hidden=False)
def test_dense(env):
    """A dense layer, with biases and without"""
    from cnnchecks import check
    check(env, 'dense_parameters', 100, 10)
    check(env, 'dense_parameters', 100, 10, use_bias=False)

@test_case(points=0, hidden=False)
def test_docstring_again(env):
    """The example in the docstring: 20x20, valid"""
    from cnnchecks import check
    check(env, 'lenet_parameters', 20, 20, 'valid')

