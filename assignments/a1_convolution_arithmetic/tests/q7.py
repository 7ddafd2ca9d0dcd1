from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 6

@test_case(points=0, hidden=False)
def test_lecture_4_units(env):
    """Lecture 4's 10x10 pixels with a kernel of 3x3, and the docstring's example"""
    from cnnchecks import check
    check(env, 'local_layer', 10, 10, 3)
    check(env, 'local_layer', 4, 4, 3)
    check(env, 'local_layer', 6, 9, 2)

