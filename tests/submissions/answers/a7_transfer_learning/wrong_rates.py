"""Wrong: trusts `argmin` with NaN, and thinks that a frozen base costs nothing."""
# expects: q5 transfer.frozen_is_free, q7 rate.argmin_of_nan


def choose_rate(rates, losses):
    means = losses.mean(axis=1)
    place = np.argmin(means)
    return float(rates[place]) if np.isnan(means[place]) else float(rates[means == means[place]].min())


def training_cost(images, epochs, base, head, way):
    if way == "cached":
        return images * base + 3 * images * epochs * head
    if way == "frozen":
        return 3 * images * epochs * head
    return 3 * images * epochs * (base + head)
