from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 7

@test_case(points=0, hidden=False)
def test_lecture_1_sizes(env):
    """Lecture 1: 32x32 and 64x64"""
    from cnnchecks import check
    check(env, 'conv_output_size', 32, 3)
    check(env, 'conv_output_size', 32, 3, padding=1)
    check(env, 'conv_output_size', 64, 3)
    check(env, 'conv_output_size', 64, 3, padding=1)
    check(env, 'conv_output_size', 64, 3, strides=2)
    check(env, 'conv_output_size', 64, 5, strides=2, padding=2)

@test_case(points=0, hidden=False)
def test_lectures_3_and_4_sizes(env):
    """Lecture 3's table, and lecture 4's 10x10 and 6x6"""
    from cnnchecks import check
    check(env, 'conv_output_size', 28, 3)
    check(env, 'conv_output_size', 28, 3, padding='same')
    check(env, 'conv_output_size', 28, 3, strides=2)
    check(env, 'conv_output_size', 10, 3)
    check(env, 'conv_output_size', 6, 3, padding=1)
    check(env, 'conv_output_size', 6, 3, strides=2)

@test_case(points=0, hidden=False)
def test_dilated_sizes(env):
    """Dilated kernels"""
    from cnnchecks import check
    check(env, 'conv_output_size', 10, 3, dilation_rate=2)
    check(env, 'conv_output_size', 15, 3, strides=2, padding=1, dilation_rate=3)

