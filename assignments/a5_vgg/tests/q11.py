from otter.test_files import test_case

OK_FORMAT = False

name = "q11"
points = 12

@test_case(points=0, hidden=False)
def test_rules(env):
    """The network keeps the rules and the budget"""
    from cnnchecks import check_design, data
    check_design(env, 'my_cnn', data()['term_budget'].item())

@test_case(points=0, hidden=False)
def test_trained_rules(env):
    """And so does the one with the weights"""
    from cnnchecks import check_design, data
    check_design(env, 'my_trained', data()['term_budget'].item())

