from otter.test_files import test_case

OK_FORMAT = False

name = "q13"
points = 11

@test_case(points=0, hidden=False)
def test_form_of_statements(env):
    """Nine whole numbers, a float and a tuple of four"""
    from cnnchecks import check_form
    for letter in 'abcdeghij':
        check_form(env, f'statement_{letter}', like=1, at_least=1)
    check_form(env, 'statement_f', like=1.0, at_least=0, at_most=1)
    check_form(env, 'statement_k', like=(1, 1, 1, 1), at_least=0, at_most=255)

