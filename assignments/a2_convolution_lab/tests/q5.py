from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 8

@test_case(points=0, hidden=False)
def test_once(env):
    """Lecture 5's 10x10 pixels become 8x8; a kernel of one row"""
    from cnnchecks import check
    check(env, 'shape_after', (10, 10), (3, 3))
    check(env, 'shape_after', (10, 12), (1, 5))

@test_case(points=0, hidden=False)
def test_twice(env):
    """Two convolutions, one after the other"""
    from cnnchecks import check
    check(env, 'shape_after', (10, 12), (3, 3), 2)

@test_case(points=0, hidden=False)
def test_zeros(env):
    """Kernels of three, and of three and five"""
    from cnnchecks import check
    check(env, 'zeros_around', (3, 3))
    check(env, 'zeros_around', (3, 5))

