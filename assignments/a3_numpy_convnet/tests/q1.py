from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 8

@test_case(points=0, hidden=False)
def test_lecture_1(env):
    """Lecture 1's four exercises on a 64x64 image"""
    from cnnchecks import check
    check(env, 'conv_output_size', 64, 3)
    check(env, 'conv_output_size', 64, 3, padding=1)
    check(env, 'conv_output_size', 64, 3, strides=2)
    check(env, 'conv_output_size', 64, 5, strides=2, padding=2)

@test_case(points=0, hidden=False)
def test_lecture_3(env):
    """Lecture 3's table: 3x3 kernels on 28x28"""
    from cnnchecks import check
    check(env, 'conv_output_size', 28, 3, padding='valid')
    check(env, 'conv_output_size', 28, 3, padding='same')
    check(env, 'conv_output_size', 28, 3, strides=2, padding='valid')

@test_case(points=0, hidden=False)
def test_lecture_4(env):
    """Lecture 4's 6x6 image and 3x3 filter"""
    from cnnchecks import check
    check(env, 'conv_output_size', 6, 3)
    check(env, 'conv_output_size', 6, 3, padding=1)
    check(env, 'conv_output_size', 6, 3, strides=2)

@test_case(points=0, hidden=False)
def test_dilated(env):
    """A dilated kernel reaches further"""
    from cnnchecks import check
    check(env, 'conv_output_size', 10, 3, dilation_rate=2)
    check(env, 'conv_output_size', 10, 3, strides=2, padding=1, dilation_rate=3)

@test_case(points=0, hidden=False)
def test_too_large(env):
    """A kernel that doesn't fit is refused"""
    from cnnchecks import check_refuses
    check_refuses(env, 'conv_output_size', 4, 7)

