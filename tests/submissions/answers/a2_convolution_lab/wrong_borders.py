"""Wrong: a kernel takes its whole size away, lost pixels count in the mean, edges run the other way."""
# expects: q5 shrink.whole_kernel, q6 repair.lost_pixels_count, q7 detector.edges_exchanged


def shape_after(image_shape, kernel_shape, times=1):
    return image_shape[0] - times * kernel_shape[0], image_shape[1] - times * kernel_shape[1]


def repair(image):
    return np.where(image == 0, correlate2d(np.pad(image, 1), np.full((3, 3), 1 / 9)), image)


other = {"horizontal edges": "vertical edges", "vertical edges": "horizontal edges"}


made_by = tuple(
    other.get(name, name)
    for one in maps
    for name, kernel in KERNELS.items()
    if np.array_equal(correlate2d(small, kernel), one)
)
