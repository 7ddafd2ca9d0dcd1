from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 10

@test_case(points=0, hidden=False)
def test_form_of_the_readings(env):
    """Four whole numbers that a byte can hold"""
    from cnnchecks import check_form
    check_form(env, 'should_read', like=(1, 1, 1, 1), at_least=0, at_most=255)

@test_case(points=0, hidden=False)
def test_averages(env):
    """A small picture, windows of two and of three"""
    import numpy as np
    from cnnchecks import check
    image = np.array([[9.0, 0, 18, 9], [27, 9, 0, 18], [0, 45, 9, 9]])
    check(env, 'moving_average', image, 2)
    check(env, 'moving_average', image, 3)

@test_case(points=0, hidden=False)
def test_lost_pixels(env):
    """Two lost pixels, one of them in a corner"""
    import numpy as np
    from cnnchecks import check
    check(env, 'repair', np.array([[4.0, 2.0, 8.0], [3.0, 0.0, 0.0]]))
    check(env, 'repair', np.array([[0.0, 6.0, 9.0, 9.0], [3.0, 3.0, 9.0, 0.0], [6.0, 6.0, 6.0, 3.0]]))

