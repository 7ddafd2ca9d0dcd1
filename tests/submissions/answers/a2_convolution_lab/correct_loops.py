"""Right: nested loops and no tool of the notebook's, numbers as NumPy gives them."""
# expects: full marks

cat_maximum = cat.max()
cat_pixel = cat[given["term_row"], given["term_column"], given["term_channel"]]
should_read = (115, 115, 113, 112)


def batch_shape(count, height, width, channels):
    return [count, height, width, channels]


def to_grey(image):
    grey = np.zeros(image.shape[:2])
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            red, green, blue = (float(value) for value in image[i, j, :3])
            grey[i, j] = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return grey


def correlate1d(x, kernel):
    out = []
    for i in range(len(x) - len(kernel) + 1):
        total = 0.0
        for n in range(len(kernel)):
            total += x[i + n] * kernel[n]
        out.append(total)
    return np.array(out)


def convolve2d(image, kernel):
    rows, columns = kernel.shape
    out = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for i, j in np.ndindex(*out.shape):
        for u, v in np.ndindex(rows, columns):
            out[i, j] += image[i + u, j + v] * kernel[rows - 1 - u, columns - 1 - v]
    return out


def repair(image):
    out = np.array(image, float)
    height, width = out.shape
    for i, j in np.ndindex(height, width):
        if image[i, j] == 0:
            around = image[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
            good = around[around > 0]
            out[i, j] = good.mean() if len(good) else 0
    return out


def pixels_wrong(mask, size):
    wrong = 0
    for i in range(0, mask.shape[0], size):
        for j in range(0, mask.shape[1], size):
            window = mask[i : i + size, j : j + size]
            wrong += np.count_nonzero(window != window.max())
    return wrong


def best_match(image, template):
    best, place = -2.0, None
    height, width = template.shape
    for i in range(image.shape[0] - height + 1):
        for j in range(image.shape[1] - width + 1):
            window = image[i : i + height, j : j + width]
            a, b = window - window.mean(), template - template.mean()
            size = np.sqrt((a * a).sum() * (b * b).sum())
            score = (a * b).sum() / size if size > 1e-9 else 0
            if score > best:
                best, place = score, (i, j)
    return place
