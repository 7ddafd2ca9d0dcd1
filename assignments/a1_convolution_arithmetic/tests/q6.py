from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 10

@test_case(points=0, hidden=False)
def test_lecture_1_network(env):
    """Lecture 1's network of three dense layers, and a small one"""
    from cnnchecks import check
    check(env, 'fully_connected_parameters', 3, (4, 2))
    check(env, 'fully_connected_parameters', 1024 * 1024 * 3, (1000, 100, 1))

@test_case(points=0, hidden=False)
def test_convolved_network(env):
    """One convolution and dense layers, without padding and with it"""
    from cnnchecks import check
    check(env, 'convolved_parameters', (6, 6, 1), 3, 2, 'valid', (5,))
    check(env, 'convolved_parameters', (8, 10, 3), 3, 4, 'same', (6, 2))
    check(env, 'convolved_parameters', (8, 10, 3), 3, 4, 'valid', (6, 2))

@test_case(points=0, hidden=False)
def test_form_of_counts(env):
    """Three whole numbers that are counts"""
    from cnnchecks import check_form
    for name in ('drawn_parameters', 'dots_same', 'dots_valid'):
        check_form(env, name, like=1, at_least=1)

