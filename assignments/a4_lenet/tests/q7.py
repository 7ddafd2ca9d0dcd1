from otter.test_files import test_case

OK_FORMAT = False

name = "q7"
points = 10

@test_case(points=0, hidden=False)
def test_valid_uses(env):
    """A kernel of 3 without padding"""
    from cnnchecks import check
    check(env, 'pixel_uses', 4, 3, 'valid')
    check(env, 'pixel_uses', 6, 3, 'valid')

@test_case(points=0, hidden=False)
def test_same_uses(env):
    """A kernel of 3 with padding"""
    from cnnchecks import check
    check(env, 'pixel_uses', 6, 3, 'same')

