"""LeNet's gradients image by image, averaged at the end, in float32, with activations apart from their layers."""

import numpy as np


def patches(image, size):
    h, w, _c = image.shape
    oh, ow = h - size + 1, w - size + 1
    return np.array([image[i : i + size, j : j + size].ravel() for i in range(oh) for j in range(ow)]), oh, ow


def convolve(image, w, b):
    rows, oh, ow = patches(image, 5)
    return (rows @ w.reshape(-1, w.shape[3]) + b).reshape(oh, ow, -1)


def convolve_back(d, image, w):
    rows, _oh, ow = patches(image, 5)
    flat = d.reshape(-1, w.shape[3])
    shares, dimage = flat @ w.reshape(-1, w.shape[3]).T, np.zeros_like(image)
    for number, share in enumerate(shares):
        i, j = divmod(number, ow)
        dimage[i : i + 5, j : j + 5] += share.reshape(5, 5, -1)
    return dimage, (rows.T @ flat).reshape(w.shape), flat.sum(axis=0)


def pool(maps):
    _h, _w, _c = maps.shape
    quads = np.stack([maps[u::2, v::2] for u in (0, 1) for v in (0, 1)])
    return quads.max(axis=0), quads.argmax(axis=0)


def pool_back(d, chosen):
    out = np.zeros((2 * d.shape[0], 2 * d.shape[1], d.shape[2]), d.dtype)
    for number, (u, v) in enumerate(np.ndindex(2, 2)):
        out[u::2, v::2] = d * (chosen == number)
    return out


def of_one_image(p, image, label):
    framed = np.pad(image, ((2, 2), (2, 2), (0, 0)))
    c1 = convolve(framed, p["w1"], p["b1"])
    s1, first = pool(np.maximum(c1, 0))
    c2 = convolve(s1, p["w2"], p["b2"])
    s2, second = pool(np.maximum(c2, 0))
    z3 = s2.ravel() @ p["w3"] + p["b3"]
    z4 = np.maximum(z3, 0) @ p["w4"] + p["b4"]
    z5 = np.maximum(z4, 0) @ p["w5"] + p["b5"]
    z5 = z5 - z5.max()
    loss = np.log(np.exp(z5).sum()) - z5[label]
    g = {"b5": np.exp(z5) / np.exp(z5).sum()}
    g["b5"][label] -= 1
    g["w5"] = np.outer(np.maximum(z4, 0), g["b5"])
    g["b4"] = (p["w5"] @ g["b5"]) * (z4 > 0)
    g["w4"] = np.outer(np.maximum(z3, 0), g["b4"])
    g["b3"] = (p["w4"] @ g["b4"]) * (z3 > 0)
    g["w3"] = np.outer(s2.ravel(), g["b3"])
    d = pool_back((p["w3"] @ g["b3"]).reshape(s2.shape), second) * (c2 > 0)
    d, g["w2"], g["b2"] = convolve_back(d, s1, p["w2"])
    _, g["w1"], g["b1"] = convolve_back(pool_back(d, first) * (c1 > 0), framed, p["w1"])
    return loss, g


def lenet_gradients(params, x, labels):
    p = {name: np.asarray(value, np.float32) for name, value in params.items()}
    each = [of_one_image(p, image, label) for image, label in zip(x.astype(np.float32), labels, strict=True)]
    loss = np.mean([loss for loss, _ in each])
    return loss, {name: np.mean([g[name] for _, g in each], axis=0) for name in params}
