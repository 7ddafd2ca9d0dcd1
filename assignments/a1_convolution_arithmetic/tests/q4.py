from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 8

@test_case(points=0, hidden=False)
def test_volumes_of_lectures(env):
    """Lecture 4's 32x32x1 with ten filters, and lecture 3's table"""
    from cnnchecks import check
    check(env, 'conv_output_shape', (32, 32, 1), 5, 10)
    check(env, 'conv_output_shape', (28, 28, 3), 3, 8)
    check(env, 'conv_output_shape', (28, 28, 3), 3, 8, padding='same')
    check(env, 'conv_output_shape', (28, 28, 3), 3, 8, strides=2)

@test_case(points=0, hidden=False)
def test_wide_image(env):
    """Images that are wider than high"""
    from cnnchecks import check
    check(env, 'conv_output_shape', (12, 20, 3), 3, 7)
    check(env, 'conv_output_shape', (480, 640, 1), 3, 32, padding=1)
    check(env, 'conv_output_shape', (13, 20, 3), 3, 7, strides=2, padding=1, dilation_rate=2)

@test_case(points=0, hidden=False)
def test_pooled_shapes(env):
    """Lecture 4's 640x480x32, an odd size, and windows that overlap"""
    from cnnchecks import check
    check(env, 'pool_output_shape', (480, 640, 32), 2)
    check(env, 'pool_output_shape', (13, 20, 7), 2)
    check(env, 'pool_output_shape', (55, 56, 96), 3, 2)

