"""Wrong: the networks vote, and ensembles are compared with single networks."""
# expects: q8 ensembles.votes, q9 tables.ensembles_kept


def ensemble_predictions(probabilities):
    votes = probabilities.argmax(axis=2)
    return np.array([np.bincount(image, minlength=probabilities.shape[2]).argmax() for image in votes.T])


def single_networks(networks, on_test, errors):
    places = np.flatnonzero(~on_test)
    return places[errors[places].argsort()]
