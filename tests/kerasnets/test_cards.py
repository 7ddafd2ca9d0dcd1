"""The cards tell the truth, and a card that doesn't is found out."""

import json
import shutil
from dataclasses import asdict
from functools import partial

import numpy as np
import pytest
from click.testing import CliRunner

from grader.cli import cli
from kerasnets import blueprint, cards, data
from kerasnets.models import registry
from kerasnets.recipes import recipe

SHIPPED = cards.all_cards()


def is_here(name):
    """Can a data set be loaded on this machine?"""
    try:
        return data.load(name) is not None
    except data.DataNotFound:
        return False


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(registry.WEIGHTS, tmp_path / "weights")


def changed(folder, name, **entries):
    path = folder / f"{name}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))
    return json.loads(path.read_text())


@pytest.mark.parametrize("card", SHIPPED, ids=lambda card: card["name"])
def test_a_shipped_card_describes_its_file(card):
    assert cards.faults(card) == []
    shape = data.SETS[card["data"]["name"]].image
    assert (
        card["parameters"]
        == blueprint.of(partial(registry.build, card["name"], input_shape=shape)).parameters
    )
    assert (registry.WEIGHTS / card["weights"]).stat().st_size < 4_000_000
    assert len(card["accuracies"]) == 3
    assert card["accuracy"] == card["accuracies"][0]
    assert not card["interrupted"]
    assert card["test"] == "the test set"


@pytest.mark.parametrize("card", SHIPPED, ids=lambda card: card["name"])
def test_a_shipped_card_s_command_is_that_of_its_recipe_today(card):
    """So whoever types it trains in that way, and the table says what this gave."""
    assert card["recipe"] == {key: asdict(recipe(card["name"]))[key] for key in card["recipe"]}
    assert card["command"] == f"kerasnets train {card['name']} --seeds 3"
    assert card["epochs"] == recipe(card["name"]).epochs


def test_clothes_go_by_their_names_and_digits_by_their_own():
    by_name = {card["name"]: cards._alt(card) for card in SHIPPED}
    assert "class shirt is taken for T-shirt" in by_name["vgg_small"]
    assert "class 9 is taken for 4" in by_name["lenet5"]


@pytest.mark.slow
def test_the_accuracies_of_the_shipped_cards_whose_data_is_here_are_found_again():
    near = [card for card in SHIPPED if is_here(card["data"]["name"])]
    if not near:
        pytest.skip("no data of theirs is here")
    assert [told.words for told in map(cards.evaluated, near) if not told.agrees] == []


@pytest.mark.parametrize(
    "card",
    [card for card in SHIPPED if card["data"]["name"] == "mnist"],  # the others have learned something else
    ids=lambda card: card["name"],
)
def test_a_shipped_network_reads_the_embedded_digits(card):
    digits = data.load()
    model = registry.build(card["name"])
    model.set_weights(registry.weights(card["name"]))
    taken = np.argmax(model.predict(data.scaled(digits.x_test), verbose=0), axis=1)
    assert np.mean(taken == digits.y_test) > 0.98


def test_another_file_another_size_and_other_numbers_are_found_out(folder):
    assert "SHA-256" in cards.faults(changed(folder, "lenet5", sha256="0" * 64), folder)[0]
    shutil.copy(registry.WEIGHTS / "lenet5.json", folder)
    assert "the card says 61,707" in cards.faults(changed(folder, "lenet5", parameters=61_707), folder)[0]
    shutil.copy(registry.WEIGHTS / "lenet5.json", folder)
    assert "confusion matrix" in cards.faults(changed(folder, "lenet5", accuracy=0.5), folder)[0]
    (folder / "lenet5.npz").unlink()
    assert "lenet5.npz" in cards.faults(changed(folder, "lenet5"), folder)[0]


def test_an_accuracy_that_is_not_reached_is_found_out_where_the_data_is(monkeypatch):
    digits = data.load()
    card = SHIPPED[0] | {"data": {"name": "digits", "sha256": digits.sha256}}
    assert cards.evaluated(card | {"accuracy": 0.5}).agrees is False
    other = cards.evaluated(card | {"data": {"name": "digits", "sha256": "0"}})
    assert (other.agrees, other.words) == (False, "these are other images of digits than those on the card")

    def nowhere(name, folder=None):
        raise data.DataNotFound("")

    monkeypatch.setattr(cards.datasets, "load", nowhere)
    assert cards.evaluated(card).words == "not evaluated: digits isn't here"


def test_the_command_prints_a_line_for_each_and_fails_for_a_false_one(folder, monkeypatch):
    done = CliRunner().invoke(cli, ["cards"])
    assert done.exit_code == 0, done.output
    assert all(card["name"] in done.output for card in SHIPPED)
    false = changed(folder, "lenet5", sha256="0" * 64)
    monkeypatch.setattr(cards, "all_cards", lambda: [false])
    monkeypatch.setattr(cards, "faults", partial(cards.faults, folder=folder))
    done = CliRunner().invoke(cli, ["cards"])
    assert done.exit_code == 1
    assert "SHA-256" in done.output


def test_the_page_in_the_docs_is_that_of_the_cards():
    docs = registry.WEIGHTS.parents[1] / "docs"
    assert (docs / "zoo.md").read_text(encoding="utf-8") == cards.markdown(SHIPPED)
    assert all((docs / "zoo" / f"{card['name']}.png").exists() for card in SHIPPED)


def test_the_page_and_its_pictures_are_written(tmp_path):
    page = cards.write(SHIPPED[:1], tmp_path)
    assert page.read_text(encoding="utf-8").count("|") > 20
    assert (tmp_path / "zoo" / f"{SHIPPED[0]['name']}.png").read_bytes().startswith(b"\x89PNG")
