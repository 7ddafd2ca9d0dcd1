from otter.test_files import test_case

OK_FORMAT = False

name = "q9"
points = 6

@test_case(points=0, hidden=False)
def test_eighty(env):
    """80 of 100 images, and 360 of 400"""
    from cnnchecks import check
    check(env, 'accuracy_interval', 80, 100)
    check(env, 'accuracy_interval', 360, 400)

