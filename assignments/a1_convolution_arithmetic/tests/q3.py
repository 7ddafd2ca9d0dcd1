from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 8

@test_case(points=0, hidden=False)
def test_examples_of_places(env):
    """The examples in the docstring"""
    from cnnchecks import check
    check(env, 'pixels_read', 0, 10, 3, padding=1)
    check(env, 'pixels_read', 2, 10, 3, strides=2, dilation_rate=2)

@test_case(points=0, hidden=False)
def test_lecture_1_places(env):
    """Lecture 1's last exercise with p = 2 and with "same": the first window and the last"""
    from cnnchecks import check
    check(env, 'pixels_read', 0, 64, 5, strides=2, padding=2)
    check(env, 'pixels_read', 0, 64, 5, strides=2, padding='same')
    check(env, 'pixels_read', 31, 64, 5, strides=2, padding='same')

@test_case(points=0, hidden=False)
def test_same_and_even_kernel(env):
    """An even kernel with "same": the odd zero goes behind"""
    from cnnchecks import check
    check(env, 'pixels_read', 1, 6, 4, padding='same')
    check(env, 'pixels_read', 1, 9, 3, padding='same', dilation_rate=2)

