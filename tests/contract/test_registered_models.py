"""What every store does with registered models, their tags and aliases."""

from __future__ import annotations

import pytest

from mlflow._storage.interface.store import Store
from tests.contract.errors import EXISTS, INVALID, MISSING, refused

PROMPT = {"mlflow.prompt.is_prompt": "true"}


def _register(store: Store, name: str, versions: int = 0) -> None:
    store.registered_models.create(name)
    for number in range(versions):
        store.model_versions.create(name, f"s3://bucket/{number}")


def test_a_model_is_made_and_found(store: Store) -> None:
    made = store.registered_models.create("fruit", {"b": "2", "a": "1"}, "Sorts fruit")
    assert made == store.registered_models.get("fruit")
    assert (made.name, made.description, made.tags) == ("fruit", "Sorts fruit", {"a": "1", "b": "2"})
    assert (made.latest_versions, made.aliases) == ([], {})
    assert made.creation_timestamp == made.last_updated_timestamp
    bare = store.registered_models.create("bare")
    assert (bare.description, bare.tags) == (None, {})


@pytest.mark.parametrize("name", ["a/b", "a:b", "", " ", ".", "..", "a\x00b", "a\ud800", "a" * 501])
def test_a_name_must_be_able_to_stand_in_a_uri(store: Store, name: str) -> None:
    with refused(INVALID):
        store.registered_models.create(name)
    assert store.registered_models.search() == []


@pytest.mark.parametrize("name", ["a" * 300, "ä b", "a..", "1", "%2F", "a'b\"c", "日本"])
def test_other_names_are_taken(store: Store, name: str) -> None:
    store.registered_models.create(name)
    assert store.registered_models.get(name).name == name
    assert store.model_versions.create(name, "s3://b/k").version == "1"


def test_a_name_is_given_once(store: Store) -> None:
    store.registered_models.create("a")
    with refused(EXISTS, "a"):
        store.registered_models.create("a")
    assert store.registered_models.create("A").name == "A"


def test_a_model_and_a_prompt_do_not_share_a_name(store: Store) -> None:
    store.registered_models.create("p", PROMPT)
    with refused(EXISTS, "prompt"):
        store.registered_models.create("p")
    store.registered_models.create("m")
    with refused(EXISTS, "prompt"):
        store.registered_models.create("m", PROMPT)


def test_what_is_not_there_is_missing(store: Store) -> None:
    for call in (
        lambda: store.registered_models.get("x"),
        lambda: store.registered_models.update("x", "d"),
        lambda: store.registered_models.rename("x", "y"),
        lambda: store.registered_models.delete("x"),
        lambda: store.registered_models.latest_versions("x"),
        lambda: store.registered_models.set_tag("x", "k", "v"),
        lambda: store.registered_models.delete_tag("x", "k"),
        lambda: store.registered_models.set_alias("x", "a", "1"),
        lambda: store.registered_models.delete_alias("x", "a"),
        lambda: store.registered_models.version_of_alias("x", "a"),
    ):
        with refused(MISSING, "x"):
            call()


def test_a_description_is_replaced_and_removed(store: Store) -> None:
    store.registered_models.create("a", description="old")
    assert store.registered_models.update("a", "new").description == "new"
    assert store.registered_models.update("a", None).description is None
    with refused(INVALID):
        store.registered_models.update("a", "x" * 100_001)


def test_a_renamed_model_keeps_everything(store: Store) -> None:
    _register(store, "a", 2)
    store.registered_models.set_tag("a", "k", "v")
    store.registered_models.set_alias("a", "champion", "1")
    renamed = store.registered_models.rename("a", "b")
    assert (renamed.name, renamed.tags, renamed.aliases) == ("b", {"k": "v"}, {"champion": "1"})
    assert [version.name for version in store.model_versions.search()] == ["b", "b"]
    with refused(MISSING):
        store.registered_models.get("a")
    store.registered_models.create("a")
    with refused(EXISTS):
        store.registered_models.rename("a", "b")
    assert store.registered_models.rename("b", "b").name == "b"
    with refused(INVALID):
        store.registered_models.rename("b", "x/y")


def test_a_deleted_model_frees_its_name(store: Store) -> None:
    _register(store, "a", 3)
    store.registered_models.set_alias("a", "newest", "1")
    store.registered_models.delete("a")
    with refused(MISSING):
        store.registered_models.get("a")
    with refused(MISSING):
        store.model_versions.get("a", "1")
    assert store.registered_models.search() == []
    assert store.model_versions.search() == []
    _register(store, "a", 1)
    assert [version.version for version in store.model_versions.search("name = 'a'")] == ["1"]
    assert store.registered_models.get("a").aliases == {}


def test_tags_are_set_replaced_and_removed(store: Store) -> None:
    store.registered_models.create("a")
    store.registered_models.set_tag("a", "k", "1")
    store.registered_models.set_tag("a", "k", "")
    store.registered_models.set_tag("a", "x/y", "2")
    assert store.registered_models.get("a").tags == {"k": "", "x/y": "2"}
    store.registered_models.delete_tag("a", "k")
    store.registered_models.delete_tag("a", "k")
    store.registered_models.delete_tag("a", "x/y")
    assert store.registered_models.get("a").tags == {}


def test_long_values_are_refused_not_cut(store: Store) -> None:
    store.registered_models.create("a", {"k": "x" * 100_000})
    assert len(store.registered_models.get("a").tags["k"]) == 100_000
    for call in (
        lambda: store.registered_models.set_tag("a", "k", "x" * 100_001),
        lambda: store.registered_models.set_tag("a", "k" * 251, "x"),
        lambda: store.registered_models.set_tag("a", "", "x"),
        lambda: store.registered_models.create("b", {"k": "x" * 100_001}),
    ):
        with refused(INVALID):
            call()
    assert len(store.registered_models.search()) == 1


def test_an_alias_points_to_one_version(store: Store) -> None:
    _register(store, "a", 2)
    store.registered_models.set_alias("a", "champion", "1")
    store.registered_models.set_alias("a", "42", "1")
    assert store.registered_models.version_of_alias("a", "champion").aliases == ["42", "champion"]
    store.registered_models.set_alias("a", "champion", "2")
    assert store.registered_models.get("a").aliases == {"42": "1", "champion": "2"}
    assert store.registered_models.version_of_alias("a", "champion").version == "2"
    store.registered_models.delete_alias("a", "champion")
    store.registered_models.delete_alias("a", "champion")
    with refused(INVALID, "champion"):
        store.registered_models.version_of_alias("a", "champion")
    with refused(MISSING):
        store.registered_models.set_alias("a", "champion", "3")


@pytest.mark.parametrize("alias", ["", "v1", "V27", "latest", "Latest", "a b", "a/b", "a.b", "x" * 256])
def test_some_aliases_are_refused(store: Store, alias: str) -> None:
    _register(store, "a", 1)
    with refused(INVALID):
        store.registered_models.set_alias("a", alias, "1")
    assert store.registered_models.get("a").aliases == {}


def test_latest_is_the_newest_version(store: Store) -> None:
    _register(store, "a", 3)
    store.model_versions.delete("a", "3")
    assert store.registered_models.version_of_alias("a", "Latest").version == "2"
    _register(store, "b")
    with refused(MISSING):
        store.registered_models.version_of_alias("b", "latest")


def test_the_newest_version_of_each_stage_is_the_latest(store: Store) -> None:
    _register(store, "a", 5)
    for version, stage in (("1", "Production"), ("2", "Production"), ("3", "Staging")):
        store.model_versions.transition_stage("a", version, stage)
    store.registered_models.set_alias("a", "champion", "2")

    def latest(*stages: str) -> dict[str | None, str]:
        found = store.registered_models.latest_versions("a", stages)
        return {version.current_stage: version.version for version in found}

    assert latest() == {"Production": "2", "Staging": "3", "None": "5"}
    assert latest("production", "ARCHIVED") == {"Production": "2"}
    assert latest("Archived") == {}
    with refused(INVALID, "Did you mean 'Staging'"):
        latest("Stagging")
    assert store.registered_models.latest_versions("a", ["Production"])[0].aliases == ["champion"]
    shown = store.registered_models.get("a").latest_versions
    assert {version.version for version in shown} == {"2", "3", "5"}


def test_models_are_searched(store: Store) -> None:
    for name, team in (("apple", "red"), ("pear", "green"), ("plum", "red")):
        store.registered_models.create(name, {"team": team, "size": str(len(name))})
    store.registered_models.create("prompt", PROMPT)

    def names(*args: object, **kwargs: object) -> list[str]:
        return [model.name for model in store.registered_models.search(*args, **kwargs)]  # type: ignore[arg-type]  # arguments by name

    assert names() == ["apple", "pear", "plum"]
    assert names("tags.team = 'red'") == ["apple", "plum"]
    assert names("tags.team != 'red'") == ["pear"]
    assert names("tags.team = 'red' AND tags.size = '4'") == ["plum"]
    assert names("name LIKE 'p%'", order_by=["name DESC"]) == ["plum", "pear"]
    assert names("name ILIKE 'P%' and tags.team ILIKE 'R%'") == ["plum"]
    assert names("name IN ('apple', 'pear')") == ["apple", "pear"]
    assert names("NOT tags.team = 'red'") == ["pear"]
    assert names("tags.nobody IS NULL") == ["apple", "pear", "plum"]
    assert names("tags.`mlflow.prompt.is_prompt` = 'true'") == ["prompt"]
    store.registered_models.set_tag("apple", "new", "1")
    page = store.registered_models.search(max_results=2)
    assert [model.name for model in page] == ["apple", "pear"]
    assert names(max_results=2, page_token=page.token) == ["plum"]
    with refused(INVALID):
        names("current_stage = 'x'")
    for size in (0, -1, 1001):
        with refused(INVALID):
            names(max_results=size)
