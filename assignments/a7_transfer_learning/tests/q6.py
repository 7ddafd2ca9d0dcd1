from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 12

@test_case(points=0, hidden=False)
def test_extracted_file(env):
    """The file was loaded into a frozen network, and all its numbers are finite"""
    from cnnchecks import check_trained
    check_trained(env, 'extracted', like='frozen_network', trainable=False)

