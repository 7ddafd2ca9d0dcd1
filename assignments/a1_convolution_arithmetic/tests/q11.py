from otter.test_files import test_case

OK_FORMAT = False

name = "q11"
points = 6

@test_case(points=0, hidden=False)
def test_form_of_pictures(env):
    """Four tuples of an operation and four whole numbers"""
    from cnnchecks import check_form
    words = ('max pooling', 'average pooling', 'convolution')
    for name in 'abcd':
        check_form(env, f'picture_{name}', like=('word', 1, 1, 1, 0), at_least=0, at_most=9, choices=words)

