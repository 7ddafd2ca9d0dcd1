"""What goes into the student's data.npz: a network that reads the digits 0 to 4, few of the digits 5 to 9, a measured table.

`measure.py`, beside this file, trained the network and measured the table.
"""

from pathlib import Path

import numpy as np

from kerasnets.data import load

HERE = Path(__file__).parent
LABELLED, LOOKED_AT = 10, 40  # of each digit from 5 to 9
SEED = 17


def data() -> dict[str, np.ndarray]:
    """base0 to base9, float16; x_few, y_few and x_look, y_look, uint8, with labels from 0; the table, `measured_*`.

    >>> arrays = data()
    >>> arrays["x_few"].shape, arrays["x_look"].shape, arrays["base0"].shape
    ((50, 28, 28), (200, 28, 28), (3, 3, 1, 8))
    """
    digits = load("digits")
    rng = np.random.default_rng(SEED)
    places = [rng.permutation(np.flatnonzero(digits.y_train == digit)) for digit in range(5, 10)]
    few = rng.permutation(np.concatenate([some[:LABELLED] for some in places]))
    look = rng.permutation(np.concatenate([some[LABELLED : LABELLED + LOOKED_AT] for some in places]))
    base, measured = (np.load(HERE / f"{name}.npz", allow_pickle=False) for name in ("base", "measured"))
    return (
        {name: base[name] for name in sorted(base.files)}
        | {f"measured_{name}": measured[name] for name in measured.files}
        | {
            f"{part}_{name}": array
            for name, chosen in (("few", few), ("look", look))
            for part, array in (
                ("x", digits.x_train[chosen, :, :, 0]),
                ("y", (digits.y_train[chosen] - 5).astype(np.uint8)),
            )
        }
    )
