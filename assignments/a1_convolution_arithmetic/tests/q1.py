from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 7

@test_case(points=0, hidden=False)
def test_form_of_sizes(env):
    """Six whole numbers that are sizes"""
    from cnnchecks import check_form, data
    most = int(data()['term_n']) + 4
    for name in ('valid', 'padded', 'strided', 'same', 'dilated', 'pooled'):
        check_form(env, f'size_{name}', like=1, at_least=1, at_most=most)

