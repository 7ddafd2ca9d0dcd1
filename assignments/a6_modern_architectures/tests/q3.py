from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 12

@test_case(points=0, hidden=False)
def test_ten_channels(env):
    """The example in the docstring, both forms"""
    from cnnchecks import check
    check(env, 'inception_parameters', 10, (2, 3, 4, 5, 6, 7), True)
    check(env, 'inception_parameters', 10, (2, 3, 4, 5, 6, 7), False)

@test_case(points=0, hidden=False)
def test_module_3a(env):
    """GoogLeNet's first module, both forms"""
    from cnnchecks import check
    check(env, 'inception_parameters', 192, (64, 96, 128, 16, 32, 32), True)
    check(env, 'inception_parameters', 192, (64, 96, 128, 16, 32, 32), False)

@test_case(points=0, hidden=False)
def test_form_of_saved_by_reduction(env):
    """A whole number, of either sign"""
    from cnnchecks import check_form
    check_form(env, 'saved_by_reduction', like=1)

