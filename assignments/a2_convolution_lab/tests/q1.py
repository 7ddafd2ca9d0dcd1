from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 6

@test_case(points=0, hidden=False)
def test_form_of_the_answers(env):
    """Three sizes, and two numbers that a byte can hold"""
    from cnnchecks import check_form
    check_form(env, 'cat_shape', like=(1, 1, 1), at_least=1)
    check_form(env, 'cat_maximum', like=1, at_least=0, at_most=255)
    check_form(env, 'cat_pixel', like=1, at_least=0, at_most=255)

@test_case(points=0, hidden=False)
def test_digits_in_a_batch(env):
    """Thirty-two grey digits of 28x28"""
    from cnnchecks import check
    check(env, 'batch_shape', 32, 28, 28, 1)

