from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 8

@test_case(points=0, hidden=False)
def test_three_and_two(env):
    """Two blocks and one hidden dense layer"""
    from cnnchecks import check
    check(env, 'vgg_depth', (1, 2), (50,))

@test_case(points=0, hidden=False)
def test_two_blocks(env):
    """Two blocks, an image of 9x8"""
    from cnnchecks import check
    check(env, 'vgg_parameters', (1, 2), (4, 6), (5,), (9, 8, 1), 3)

