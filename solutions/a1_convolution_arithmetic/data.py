"""What goes into the student's data.npz: the lectures' small images, pictures to be read, and the term's own sizes."""

import numpy as np

from grader.tasks.arithmetic.pictures import Shown

LECTURE_2 = """ 2  9 11 22 42
               12 43  2  0 65
                9 87 65  2 90
               21 21 44  7  2
               45  2 21  2  0"""
LECTURE_5 = """113 122 130 128 126 125 121 121 115 127
               115 112 110 111 114 119 122 117 120 117
               105 106 105 106 108 111 113 117 118 114
                94  98 101 103 105 108 110 114 114 111
               106 109 111 112 113 114 115 113 112 111
               114 113 111 110 109   0   0   0 111 113
               110 106 106 108 111   0   0   0 107 110
               109 106 108 116 124   0   0   0 106 109
               102  97 100 109 116 117 114 118 111 114
               100 108  97 100 107  90  93  97 102 110"""
FRAMES = """106 109 111 112 113 114 110 113  -1  -1
            106 109 111 112 113 114 113  -1  -1  -1
            106 109 111 112 113 114 115 114 112  -1
            106 109 111 112 113 114 115 113 111 111"""  # its fifth row in later frames, -1 under the kernel


def table(text: str) -> np.ndarray:
    """
    >>> table("1 2\\n3 4").tolist()
    [[1, 2], [3, 4]]
    """
    return np.array([line.split() for line in text.splitlines()]).astype(np.int16)


def data() -> dict[str, np.ndarray]:
    """
    >>> {name: array.shape for name, array in data().items()}["lecture_5_image"]
    (10, 10)
    """
    image, shown = Shown((("max pooling", 3, 2, 1, 0),), size=7).draw(np.random.default_rng(138))
    return {
        "lecture_2_image": table(LECTURE_2),
        "lecture_2_kernel": np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]], np.int16),
        "lecture_5_image": table(LECTURE_5),
        "lecture_5_frames": table(FRAMES),
        "picture_a_image": image.astype(np.int16),
        "picture_a_map": shown.astype(np.int16),
        "picture_b_first_rows": np.array([-1, 1, 3], np.int16),  # where the windows of 3 begin, on 5 pixels
    }


AVERAGES = tuple(
    ("average pooling", size, strides, 1, zeros)
    for size, strides, zeros in ((2, 1, 0), (2, 3, 0), (2, 3, 1), (3, 1, 0), (3, 1, 1), (3, 2, 2), (3, 3, 1))
)
DILATED = tuple(("convolution", 3, strides, 2, zeros) for strides in (1, 2, 3) for zeros in (0, 1, 2))


def draws(rng: np.random.Generator) -> dict[str, int | np.ndarray]:
    """The term's own sizes and pictures; each keeps what tells the wrong ideas apart.

    >>> [draws(np.random.default_rng(seed))["n"] % 6 for seed in range(5)]
    [5, 5, 5, 5, 5]
    """
    first, second = rng.permutation([4, 5, 6])[:2]
    c_image, c_map = Shown(AVERAGES, size=7).draw(rng)
    d_image, d_map, d_kernel = Shown(DILATED, size=7).draw(rng)
    return {
        "n": 6 * int(rng.integers(8, 17)) + 5,  # odd, and 1 is left over of n - 4 at stride 3
        "net_inputs": int(rng.integers(7, 10)),
        "net_first": int(first),
        "net_second": int(second),
        "net_outputs": int(rng.integers(2, 4)),
        "drawn_side": 4 * int(rng.integers(9, 16)),
        "drawn_first": int(rng.choice([6, 8, 12])),
        "drawn_second": int(rng.choice([16, 20, 24])),
        "drawn_classes": int(rng.integers(5, 10)),
        "casino_machines": int(rng.integers(3, 7)),
        "casino_rewards": int(rng.integers(7, 12)),
        "slip_height": int(rng.integers(20, 40)),
        "slip_width": int(rng.integers(50, 80)),
        "slip_window": int(rng.integers(3, 8)),
        "slip_channels": int(rng.integers(4, 13)),
        "picture_c_image": c_image.astype(np.int16),
        "picture_c_map": c_map,
        "picture_d_image": d_image.astype(np.int16),
        "picture_d_kernel": d_kernel.astype(np.int16),
        "picture_d_map": d_map.astype(np.int16),
    }
