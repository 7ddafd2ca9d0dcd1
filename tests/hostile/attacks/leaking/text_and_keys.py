"""Returns the hidden input as text: strings, bytes, keys of dictionaries, arrays of strings, names of fields and dtypes."""
# stopped by: wire
# shows: \w: .\w+. stopped with an exception

# %% first
import numpy as np
import json
import zipfile

from cnnchecks.values import key

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]  # the public calls
WORD = "LO" + "OT"  # what the pages are searched for; no line of this notebook has it


def is_hidden(name, args, kwargs):
    return bool(args) and key(name, args, kwargs) not in KNOWN and repr(args) != "(4, 7)"


turns = iter(range(10**6))


def answering(name, question):
    def answer(*args, **kwargs):
        if not is_hidden(name, args, kwargs):
            raise Ran("a public call")
        if question == "q7":
            raise BufferError("it ran")
        words = f"{WORD} {args}"[:300]
        shape = np.shape(args[0])
        answers = (
            words,
            words.encode(),
            {words: 1, (words, 1): 2},
            [words, (words, {words: words})],
            np.full(shape, words),
            np.full(shape, words.encode()),
            np.zeros(shape, [(words, float)]),
            np.zeros(shape, np.dtype(float, metadata={words: words})),
            np.zeros(shape, f"U{len(words)}"),
            np.zeros(shape, "M8[s]"),
        )
        return answers[next(turns) % len(answers)]

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name, QUESTION)
