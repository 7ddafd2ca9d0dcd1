from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 10

@test_case(points=0, hidden=False)
def test_docstring(env):
    """The first example in the docstring"""
    from cnnchecks import check
    check(env, 'transfer_parameters', 8, (2, 3), 4, 1)

@test_case(points=0, hidden=False)
def test_normalized(env):
    """The second, with batch normalisation"""
    from cnnchecks import check
    check(env, 'transfer_parameters', 8, (2, 3), 4, 1, True)
    check(env, 'transfer_parameters', 20, (2, 3, 4), 2, 2, True)

