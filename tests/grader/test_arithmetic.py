"""The arithmetic of convolution: the lectures' numbers, oracles that count instead of computing, and the term's own sizes."""

import json
import math
import sys
import zipfile

import numpy as np
import pytest

from grader import cnnchecks, judge
from grader.auditing.questions import function_of
from grader.building.source import Source, data_module, data_of
from grader.cnnchecks.context import hand_out
from grader.cnnchecks.outcome import CheckFailed
from grader.cnnchecks.values import agree, flatten
from grader.judge.ask import check_value
from grader.judge.reference import REFERENCE
from grader.tasks.arithmetic.cost import conv_cost
from grader.tasks.arithmetic.counts import convolved_parameters, fully_connected_parameters
from grader.tasks.arithmetic.field import receptive_field
from grader.tasks.arithmetic.local import local_layer
from grader.tasks.arithmetic.reading import pixels_read
from grader.tasks.arithmetic.slips import input_values
from grader.tasks.arithmetic.table import activation_shapes, parameters_by_layer
from grader.tasks.arithmetic.volumes import conv_output_shape, pool_output_shape
from grader.tasks.catalogue import by_id
from kerasnets.numpy_layers import conv2d_forward, conv_output_size, same_padding

ID = "a1_convolution_arithmetic"
LENET = (("conv", 5, 6, "valid"), ("pool", 2), ("conv", 5, 16, "valid"), ("pool", 2))
LENET = (*LENET, ("flatten",), ("dense", 120), ("dense", 84), ("dense", 10))


# The lectures' numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "lecture"),
    [
        (conv_output_shape((32, 32, 3), 3, 1), (30, 30, 1)),
        (conv_output_shape((32, 32, 3), 3, 1, 1, 1), (32, 32, 1)),
        (conv_output_shape((64, 64, 3), 5, 1, 2, 2), (32, 32, 1)),
        (conv_output_shape((28, 28, 3), 3, 8, 2), (13, 13, 8)),
        (conv_output_shape((32, 32, 1), 5, 10), (28, 28, 10)),
        (conv_output_shape((480, 640, 1), 3, 32, 1, 1), (480, 640, 32)),
        (pool_output_shape((480, 640, 32), 2), (240, 320, 32)),
        (conv_output_shape((6, 6, 1), 3, 1, 2), (2, 2, 1)),
        (REFERENCE["conv_parameters"](3, 3, 10), 280),
        (REFERENCE["conv_parameters"](5, 1, 10), 260),
        (fully_connected_parameters(1024 * 1024 * 3, (1000, 100, 1)), 3_145_829_201),
        (convolved_parameters((1024, 1024, 3), 3, 10, "same", (100, 1)), 1_048_576_481),
        (convolved_parameters((1024, 1024, 3), 3, 10, "valid", (100, 1)), 1_044_484_481),
        (tuple(local_layer(10, 10, 3).values()), (64, 576, 9, 6400)),
        (sum(parameters_by_layer((32, 32, 1), LENET)), 61_706),
        (sum(parameters_by_layer((28, 28, 1), LENET)), 44_426),
        (activation_shapes((32, 32, 1), LENET)[3:5], [(5, 5, 16), (400,)]),
        (input_values(972, 1920, 3), 5_598_720),
        (REFERENCE["dense_parameters"](5_598_720, 5_598_720, use_bias=False), 31_345_665_638_400),
        (REFERENCE["dense_parameters"](12 * 10**6, 10**4, use_bias=False), 120_000_000_000),
        (conv_cost((224, 224, 64), 3, 64, "same")["products"], 1_849_688_064),  # VGG's second, as published
    ],
)
def test_a_number_of_the_lectures(got, lecture):
    assert got == lecture


def test_two_paddings_give_one_size_and_different_pixels():
    assert conv_output_size(64, 5, 2, 2) == conv_output_size(64, 5, 2, "same") == 32
    numbers, same = (pixels_read(0, 64, 5, 2, padding) for padding in (2, "same"))
    assert (numbers + 1).tolist() == same.tolist()


# Oracles that count ------------------------------------------------------------------------------------------


def seen_by(size, kernel_size, strides, padding, dilation_rate):
    """outputs -> the pixel that each tap reads: a convolution of one-hot images tells it."""
    if isinstance(padding, int):
        before = after = padding
    else:
        before, after = (
            same_padding(size, kernel_size, strides, dilation_rate) if padding == "same" else (0, 0)
        )
    images = np.pad(np.eye(size), ((0, 0), (before, after)))[:, None, :, None]
    kernel = np.arange(1.0, kernel_size + 1)[None, :, None, None]
    out = conv2d_forward(images, kernel, np.zeros(1), (1, strides), "valid", (1, dilation_rate))[:, 0, :, 0]
    return [{int(tap) - 1: pixel for pixel, tap in enumerate(column) if tap} for column in out.T]


@pytest.mark.parametrize("padding", ["valid", "same", 2])
@pytest.mark.parametrize(
    ("kernel_size", "strides", "dilation_rate"), [(3, 1, 1), (4, 2, 1), (3, 2, 2), (5, 3, 1)]
)
def test_places_are_those_that_a_convolution_reads(kernel_size, strides, dilation_rate, padding):
    for size in (13, 14):
        for position, taps in enumerate(seen_by(size, kernel_size, strides, padding, dilation_rate)):
            places = pixels_read(position, size, kernel_size, strides, padding, dilation_rate)
            real = {tap: int(place) for tap, place in enumerate(places) if 0 <= place < size}
            assert real == taps


@pytest.mark.parametrize(
    "layers", [((3, 1, 1), (3, 1, 1)), ((3, 2, 1), (3, 1, 2)), ((5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1))]
)
def test_a_receptive_field_is_how_many_pixels_change_an_output(layers):
    signals = np.eye(60)[:, None, :, None]
    for size, strides, dilation in layers:
        signals = conv2d_forward(
            signals, np.ones((1, size, 1, 1)), np.zeros(1), (1, strides), "valid", (1, dilation)
        )
    touched = np.flatnonzero(signals[:, 0, signals.shape[2] // 2, 0])
    assert touched[-1] - touched[0] + 1 == receptive_field(layers)


@pytest.mark.slow
def test_keras_counts_the_same():
    import keras
    from keras import layers

    made = {
        "conv": lambda size, filters, padding: layers.Conv2D(filters, size, padding=padding),
        "pool": layers.MaxPooling2D,
        "flatten": layers.Flatten,
        "dense": layers.Dense,
    }
    network = (
        ("conv", 3, 5, "same"),
        ("pool", 2),
        ("conv", 4, 7, "valid"),
        ("pool", 3),
        ("flatten",),
        ("dense", 4),
    )
    for image, table in (((32, 32, 1), LENET), ((21, 31, 2), network)):
        model = keras.Sequential([keras.Input(image), *(made[kind](*options) for kind, *options in table)])
        assert [layer.output.shape[1:] for layer in model.layers] == activation_shapes(image, table)
        assert [layer.count_params() for layer in model.layers] == parameters_by_layer(image, table)


# The term's own sizes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def source(the_course):
    return Source(the_course, the_course.assignments[ID])


def asked(source, data, monkeypatch):
    """(name, function, args, options, what is accepted too) of each answer that is a number or a word."""
    rows = []

    def note(env, name, function, *args, also=(), **options):
        rows.append((name, function, args, options, also))

    monkeypatch.setitem(sys.modules, "cnnchecks", cnnchecks)  # what a case imports
    monkeypatch.setattr(judge, "check_value", note)
    monkeypatch.setattr(judge, "check_drawn", lambda *args: None)
    with hand_out(data):
        for question in source.questions:
            for test in question.tests:
                if test.hidden:
                    function_of(test.source)({})
    return rows


def of_term(source, seed):
    module = data_module(source)
    drawn = module.draws(np.random.default_rng(seed))
    return module.data() | {f"term_{name}": np.array(value) for name, value in drawn.items()}


SHOWN = {  # the wrong ideas that an answer by hand has to tell from the right one, whatever the term's sizes are
    "size_valid": "shapes.plus_one_forgotten",
    "size_padded": "shapes.padding_counted_once shapes.padding_ignored shapes.plus_one_forgotten",
    "size_strided": "shapes.ceil_for_floor shapes.stride_divides_everything shapes.size_not_rounded shapes.stride_ignored",
    "size_same": "shapes.same_keeps_size shapes.same_rounds_down shapes.padding_ignored",
    "size_dilated": "shapes.dilation_ignored shapes.dilation_times_kernel",
    "size_pooled": "shapes.ceil_for_floor shapes.stride_ignored shapes.plus_one_forgotten",
    "drawn_parameters": "lenet.bias_forgotten lenet.bias_per_input counts.first_layer_only "
    "counts.every_layer_sees_the_image counts.output_without_bias",
    "exercise_parameters": "lenet.bias_forgotten lenet.channels_forgotten table.channels_of_the_image table.always_same "
    "table.padding_ignored lenet.parameters_per_position volumes.one_map_flattened volumes.channels_pooled",
    "picture_c": "pictures.other_pooling",
    "picture_d": "pictures.reach_for_size",
    "casino_output": "head.numbers_mean_regression head.sigmoid_for_each_class head.one_unit_for_the_class",
    "statement_e": "local.dense_weight_per_pixel",
    "statement_f": "slips.average_of_ones slips.share_of_one_side",
    "statement_g": "lenet.bias_forgotten lenet.channels_forgotten lenet.bias_per_channel",
}


def test_every_term_tells_wrong_ideas_from_the_right_answer(source, monkeypatch):
    for seed in range(15):
        rows = {row[0]: row[1:] for row in asked(source, of_term(source, seed), monkeypatch)}
        for name, ids in SHOWN.items():
            function, args, options, _ = rows[name]
            right = REFERENCE[function](*args, **options)
            for id in ids.split():
                wrong = by_id(id).answer(function, *args, **options)
                assert not agree(function, [wrong, right]), (seed, name, id)


def test_terms_differ(source):
    drawn = [data_module(source).draws(np.random.default_rng(seed)) for seed in range(12)]
    for name in ("n", "drawn_side", "net_inputs", "casino_rewards", "slip_height"):
        assert len({row[name] for row in drawn}) > 1


BELIEVED = [  # an answer by hand, and the idea that it is told
    ("size_padded", lambda data: int(data["term_n"]) + 2 - 7 + 1, "shapes.padding_counted_once"),
    ("size_strided", lambda data: math.ceil((data["term_n"] - 4) / 3) + 1, "shapes.ceil_for_floor"),
    ("size_dilated", lambda data: int(data["term_n"]) - 3 + 1, "shapes.dilation_ignored"),
    ("dots_valid", lambda data: 1_048_576_481, "counts.padding_without_effect"),
    ("dots_same", lambda data: 280 + 1024 * 1024 * 100 + 100 + 101, "volumes.one_map_flattened"),
    ("picture_a", lambda data: ("average pooling", 3, 2, 1, 0), "pictures.other_pooling"),
    ("picture_b", lambda data: ("max pooling", 3, 2, 1, 2), "pictures.zeros_of_both_sides"),
    ("bandit_output", lambda data: ("classification", 1, "softmax", "cross-entropy"), "head.one_unit_for_the_class"),
    ("cat_output", lambda data: ("classification", 2, "softmax", "cross-entropy"), "head.yes_or_no_needs_softmax"),
    ("statement_c", lambda data: 972 * 1920, "slips.pixels_for_values"),
    ("statement_e", lambda data: int(data["term_slip_height"] * data["term_slip_width"]), "local.dense_weight_per_pixel"),
    ("statement_f", lambda data: 1.0, "slips.average_of_ones"),
    ("statement_j", lambda data: 10, "slips.last_number_for_count"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "believed", "id"), BELIEVED, ids=[row[0] for row in BELIEVED])
def test_a_wrong_number_is_told_its_idea(source, monkeypatch, name, believed, id):
    data = of_term(source, 1)
    (row,) = [row for row in asked(source, data, monkeypatch) if row[0] == name]
    monkeypatch.undo()
    _, function, args, options, also = row
    with pytest.raises(CheckFailed) as failed:
        check_value({name: believed(data)}, name, function, *args, also=also, **options)
    outcome = failed.value.outcome
    assert "has other values than expected" in outcome.message
    assert id in {card.id for card in outcome.candidates}


@pytest.mark.parametrize("word", ["max pooling", "average pooling", "convolution"])
def test_windows_alone_may_be_of_any_operation(source, word):
    (question,) = [question for question in source.questions if question.name == "q11"]
    (case,) = [
        function_of(test.source) for test in question.tests if "picture_b" in test.source and test.hidden
    ]
    case({"picture_b": (word, 3, 2, 1, 1)})
    with pytest.raises(CheckFailed) as failed:
        case({"picture_b": (word, 3, 2, 1, 2)})
    assert failed.value.outcome.diagnosis.id == "pictures.zeros_of_both_sides"


def test_no_number_that_is_asked_for_stands_in_the_students_folder(source, built, monkeypatch):
    folder = built / "assignments" / ID
    texts = {path.name: path.read_text() for path in [*folder.glob("*.ipynb"), *folder.glob("tests/*.py")]}
    with zipfile.ZipFile(folder / "fixtures.npz") as archive:
        texts["fixtures"] = archive.read("index.json").decode()
    numbers = set()
    for _, function, args, options, also in asked(source, data_of(source), monkeypatch):
        found = flatten([REFERENCE[function](*args, **options), *also]).values()
        numbers |= {int(number) for number in found if not isinstance(number, str) and number >= 10_000}
    assert len(numbers) >= 7
    for number in numbers:
        for form in (f"{number}", f"{number:,}", f"{number:_}"):
            assert not [name for name, text in texts.items() if form in text], form


def test_the_numbers_in_the_text_are_the_lectures(built):
    notebook = json.loads((built / "assignments" / ID / f"{ID}.ipynb").read_text())
    text = "".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    for number in (
        "30×30",
        "62×62",
        "31×31",
        "28×28×10",
        "13×13×8",
        "240×320×32",
        "280",
        "260",
        "3,145,829,201",
        "900",
    ):
        assert number in text
    assert "<<" not in text
