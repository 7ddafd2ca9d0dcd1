from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 8

@test_case(points=0, hidden=False)
def test_three_ways(env):
    """A small network, in each of the three ways"""
    from cnnchecks import check
    for way in ('cached', 'frozen', 'fine-tuned'):
        check(env, 'training_cost', 20, 5, 300, 10, way)

