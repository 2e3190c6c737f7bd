"""What every store does with experiments."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.tag import ExperimentTag, RunTag
from mlflow.entities.view_type import ViewType
from tests.contract.errors import BAD_REQUEST, EXISTS, INVALID, INVALID_STATE, MISSING, error_of, refused


def test_a_new_store_has_the_default_experiment(store: Store) -> None:
    default = store.experiments.get("0")
    assert (default.name, default.lifecycle_stage, default.tags) == ("Default", "active", {})
    assert default.artifact_location.endswith("/0")
    assert store.experiments.find("Default") == default


def test_an_experiment_is_found_by_id_and_by_name(store: Store) -> None:
    made = store.experiments.create("fruit", tags=[ExperimentTag("a", "1"), ExperimentTag("b", "")])
    experiment = store.experiments.get(made)
    assert experiment.experiment_id == made
    assert experiment.name == "fruit"
    assert experiment.tags == {"a": "1", "b": ""}
    assert experiment.lifecycle_stage == "active"
    assert experiment.creation_time
    assert experiment.creation_time == experiment.last_update_time
    assert store.experiments.find("fruit") == experiment


def test_ids_are_decimal_and_grow_and_are_never_used_twice(store: Store) -> None:
    first = store.experiments.create("first")
    with refused(EXISTS):
        store.experiments.create("first")
    store.experiments.delete(first)
    second = store.experiments.create("second")
    assert 0 < int(first) < int(second)


def test_artifacts_of_an_experiment_are_in_a_folder_named_after_it(store: Store) -> None:
    made = store.experiments.create("fruit")
    root = store.experiments.get("0").artifact_location.removesuffix("/0")
    assert store.experiments.get(made).artifact_location == f"{root}/{made}"


@pytest.mark.parametrize(
    "location", ["s3://bucket/some/where", "/data/elsewhere", "gs://b", "abfss://c@d/e", "hdfs://h/p"]
)
def test_a_chosen_location_is_kept(store: Store, location: str) -> None:
    made = store.experiments.create("fruit", location)
    assert store.experiments.get(made).artifact_location == location


def test_a_relative_location_becomes_absolute(store: Store) -> None:
    made = store.experiments.create("fruit", "some/where")
    location = store.experiments.get(made).artifact_location
    assert location.startswith("/")
    assert location.endswith("/some/where")


@pytest.mark.parametrize(
    "location",
    ["s3://bucket/a#b", "s3://bucket/a;b", "s3://bucket/a?x=../b", "s3://bucket/a?x=%2e%2e/b", "s3://bucket/a?x=%252e%252e",
     "runs:/abc/model", "http://host/a", "https://host/a", "ftp://host/a", "x" * 2049, "s3://b/\x00", "s3://b/\ud800",
     "mlflow-artifacts:/../../etc", "mlflow-artifacts:/a/%2e%2e/b"],
)  # fmt: skip
def test_a_location_that_cannot_hold_artifacts_is_refused(store: Store, location: str) -> None:
    with refused(INVALID):
        store.experiments.create("fruit", location)
    assert store.experiments.find("fruit") is None


def test_a_host_is_a_location_where_that_is_allowed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES", "https")
    made = store.experiments.create("fruit", "https://host/a")
    assert store.experiments.get(made).artifact_location == "https://host/a"


@pytest.mark.parametrize("name", ["", "   ", "x" * 501, "a\x00b", "a\ud800b"])
def test_a_name_is_text_of_1_to_500_characters(store: Store, name: str) -> None:
    with refused(INVALID):
        store.experiments.create(name)
    with refused(INVALID):
        store.experiments.rename("0", name)


def test_names_of_500_characters_of_any_script_are_kept(store: Store) -> None:
    for name in ("x" * 500, "日本語" * 100, "😀" * 500, " a ", "a/b:c%_'\"\\", "\n"[:0] + "tab\there"):
        made = store.experiments.create(name)
        assert store.experiments.get(made).name == name
        found = store.experiments.find(name)
        assert found is not None
        assert found.experiment_id == made


def test_names_differ_by_case_and_by_unicode_form(store: Store) -> None:
    assert len({store.experiments.create(name) for name in ("é", "e\u0301", "É", "E", "e")}) == 5


def test_a_name_is_taken_even_by_a_deleted_experiment(store: Store) -> None:
    made = store.experiments.create("fruit")
    with refused(EXISTS, "fruit"):
        store.experiments.create("fruit")
    store.experiments.delete(made)
    with refused(EXISTS, "fruit", "deleted", made):
        store.experiments.create("fruit")


def test_of_many_that_make_one_experiment_at_once_one_succeeds(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda _: error_of(lambda: store.experiments.create("race")), range(16)))
    assert sorted(outcomes, key=str) == [None, *[EXISTS] * 15]
    found = store.experiments.find("race")
    assert found is not None


def test_an_unknown_experiment_is_missing(store: Store) -> None:
    assert store.experiments.find("nothing") is None
    with refused(MISSING, "987654"):
        store.experiments.get("987654")
    with refused(MISSING):
        store.experiments.rename("987654", "x")
    with refused(MISSING):
        store.experiments.delete("987654")
    with refused(MISSING):
        store.experiments.restore("987654")
    with refused(MISSING):
        store.experiments.set_tag("987654", ExperimentTag("a", "b"))
    with refused(MISSING):
        store.experiments.delete_tag("987654", "a")


@pytest.mark.parametrize(
    "experiment_id", ["", "x", "1.5", "1_0", " 1", "٣", "0x1", str(1 << 63), "9" * 5000, "a\x00"]
)
def test_an_id_that_is_no_whole_number_is_refused(store: Store, experiment_id: str) -> None:
    with refused(INVALID):
        store.experiments.get(experiment_id)
    with refused(INVALID):
        store.experiments.delete(experiment_id)
    with refused(INVALID):
        store.runs.create(experiment_id)


def test_renaming_changes_the_name_and_the_time(store: Store) -> None:
    made = store.experiments.create("old")
    before = store.experiments.get(made)
    store.experiments.rename(made, "new")
    after = store.experiments.get(made)
    assert after.name == "new"
    assert after.creation_time == before.creation_time
    assert (after.last_update_time or 0) >= (before.last_update_time or 0)
    assert store.experiments.find("old") is None
    store.experiments.rename(made, "new")
    store.experiments.create("old")


def test_renaming_to_a_name_that_is_taken_is_a_bad_request(store: Store) -> None:
    made = store.experiments.create("a")
    deleted = store.experiments.create("b")
    store.experiments.delete(deleted)
    with refused(BAD_REQUEST, "Default"):
        store.experiments.rename(made, "Default")
    with refused(BAD_REQUEST, "b"):
        store.experiments.rename(made, "b")
    assert store.experiments.get(made).name == "a"


def test_of_many_renamed_to_one_name_at_once_one_succeeds(store: Store) -> None:
    made = [store.experiments.create(f"e{i}") for i in range(8)]

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(
            threads.map(lambda each: error_of(lambda: store.experiments.rename(each, "race")), made)
        )
    assert sorted(outcomes, key=str) == [BAD_REQUEST] * 7 + [None]


def test_a_deleted_experiment_cannot_be_renamed(store: Store) -> None:
    made = store.experiments.create("a")
    store.experiments.delete(made)
    with refused(INVALID_STATE):
        store.experiments.rename(made, "b")


def test_deleting_moves_an_experiment_and_its_runs_to_the_trash(store: Store) -> None:
    made = store.experiments.create("a")
    run = store.runs.create(made).info.run_id
    store.experiments.delete(made)
    assert store.experiments.get(made).lifecycle_stage == "deleted"
    found = store.experiments.find("a")
    assert found is not None
    assert found.lifecycle_stage == "deleted"
    assert store.runs.get(run).info.lifecycle_stage == "deleted"
    with refused(MISSING):
        store.experiments.delete(made)


def test_restoring_brings_all_runs_back_also_those_deleted_before(store: Store) -> None:
    made = store.experiments.create("a")
    kept, thrown = (store.runs.create(made).info.run_id for _ in range(2))
    store.runs.delete(thrown)
    store.experiments.delete(made)
    store.experiments.restore(made)
    assert store.experiments.get(made).lifecycle_stage == "active"
    assert {store.runs.get(run).info.lifecycle_stage for run in (kept, thrown)} == {"active"}
    with refused(MISSING):
        store.experiments.restore(made)


def test_the_default_experiment_can_be_deleted_and_restored(store: Store) -> None:
    store.experiments.delete("0")
    assert store.experiments.get("0").lifecycle_stage == "deleted"
    store.experiments.restore("0")
    assert store.experiments.get("0").lifecycle_stage == "active"


def test_a_deleted_experiment_takes_no_runs_and_no_tags(store: Store) -> None:
    made = store.experiments.create("a", tags=[ExperimentTag("old", "b")])
    store.experiments.delete(made)
    with refused(INVALID, "active"):
        store.runs.create(made, tags=[RunTag("a", "b")])
    with refused(INVALID, "active"):
        store.experiments.set_tag(made, ExperimentTag("a", "b"))
    with refused(INVALID, "active"):
        store.experiments.delete_tag(made, "old")
    assert store.runs.search([made], view_type=ViewType.ALL) == []


def test_tags_are_set_replaced_and_removed(store: Store) -> None:
    store.experiments.set_tag("0", ExperimentTag("a", "1"))
    store.experiments.set_tag("0", ExperimentTag("a", "2"))
    store.experiments.set_tag("0", ExperimentTag("b", ""))
    assert store.experiments.get("0").tags == {"a": "2", "b": ""}
    store.experiments.delete_tag("0", "a")
    assert store.experiments.get("0").tags == {"b": ""}
    with refused(MISSING, "a"):
        store.experiments.delete_tag("0", "a")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("", "v"),
        ("a" * 251, "v"),
        ("/a", "v"),
        ("a//b", "v"),
        ("a\nb", "v"),
        ("k", "v" * 20_001),
        ("k", "\x00"),
        ("k", "\udfff"),
    ],
)
def test_tags_outside_of_their_limits_are_refused(store: Store, key: str, value: str) -> None:
    with refused(INVALID):
        store.experiments.set_tag("0", ExperimentTag(key, value))
    with refused(INVALID):
        store.experiments.create("new", tags=[ExperimentTag(key, value)])
    assert store.experiments.get("0").tags == {}
    assert store.experiments.find("new") is None


def test_tags_at_their_limits_are_kept(store: Store) -> None:
    store.experiments.set_tag("0", ExperimentTag("k" * 250, "😀" * 20_000))
    assert store.experiments.get("0").tags == {"k" * 250: "😀" * 20_000}


def test_an_experiment_shows_at_most_fifty_custom_views(store: Store) -> None:
    for number in range(50):
        store.experiments.set_tag("0", ExperimentTag(f"mlflow.customView.view{number}", "{}"))
    store.experiments.set_tag("0", ExperimentTag("mlflow.customView.view7", "changed"))
    with refused(INVALID, "50"):
        store.experiments.set_tag("0", ExperimentTag("mlflow.customView.view50", "{}"))
    store.experiments.delete_tag("0", "mlflow.customView.view0")
    store.experiments.set_tag("0", ExperimentTag("mlflow.customView.view50", "{}"))


def test_search_shows_the_newest_first(store: Store) -> None:
    for name in "abc":
        store.experiments.create(name)
    found = store.experiments.search()
    times = [(-(experiment.creation_time or 0), int(experiment.experiment_id)) for experiment in found]
    assert len(found) == 4
    assert times == sorted(times)
    assert found.token is None


def test_search_shows_active_or_deleted_experiments_or_both(store: Store) -> None:
    made = store.experiments.create("a")
    store.experiments.delete(made)
    ids = {
        view: {experiment.experiment_id for experiment in store.experiments.search(view)}
        for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)
    }
    assert ids == {ViewType.ACTIVE_ONLY: {"0"}, ViewType.DELETED_ONLY: {made}, ViewType.ALL: {"0", made}}


@pytest.mark.parametrize(
    ("filter_string", "names"),
    [
        ("name = 'apple'", {"apple"}),
        ("name != 'apple'", {"Default", "Apple", "banana", "äpfel"}),
        ("name LIKE 'a%'", {"apple"}),
        ("name LIKE '_pple'", {"apple", "Apple"}),
        ("name ILIKE 'A%'", {"apple", "Apple"}),
        ("name ILIKE 'ÄPF%'", {"äpfel"}),
        ("attribute.name = 'banana'", {"banana"}),
        ("tags.colour = 'red'", {"apple"}),
        ("tags.colour != 'red'", {"banana"}),
        ("tags.colour IS NULL", {"Default", "Apple", "äpfel"}),
        ("tags.colour IS NOT NULL", {"apple", "banana"}),
        ("tags.colour LIKE 'y%'", {"banana"}),
        ("tags.`size in cm` = '9'", {"apple"}),
        ("tags.`size in cm` = 9", {"apple"}),
        ("tags.colour = 'red' AND name = 'banana'", set()),
        ("tags.colour = 'red' OR name = 'banana'", {"apple", "banana"}),
        ("NOT (tags.colour = 'red')", {"Default", "Apple", "banana", "äpfel"}),
        ("creation_time > 0", {"Default", "apple", "Apple", "banana", "äpfel"}),
        ("last_update_time < 5", set()),
        ("experiment_id = '0'", {"Default"}),
        ("experiment_id IN ('0', '999', 'x')", {"Default"}),
        ("experiment_id NOT IN ('0')", {"apple", "Apple", "banana", "äpfel"}),
        ("experiment_id != '0'", {"apple", "Apple", "banana", "äpfel"}),
        ("", {"Default", "apple", "Apple", "banana", "äpfel"}),
    ],
)  # fmt: skip
def test_search_filters(store: Store, filter_string: str, names: set[str]) -> None:
    store.experiments.create("apple", tags=[ExperimentTag("colour", "red"), ExperimentTag("size in cm", "9")])
    store.experiments.create("Apple")
    store.experiments.create("banana", tags=[ExperimentTag("colour", "yellow")])
    store.experiments.create("äpfel")
    assert {experiment.name for experiment in store.experiments.search(filter_string=filter_string)} == names


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        (["name"], ["Apple", "Default", "apple", "banana", "ä"]),
        (["name DESC"], ["ä", "banana", "apple", "Default", "Apple"]),
        (["experiment_id ASC"], ["Default", "apple", "banana", "Apple", "ä"]),
        (["experiment_id DESC"], ["ä", "Apple", "banana", "apple", "Default"]),
        (["name", "name DESC"], ["Apple", "Default", "apple", "banana", "ä"]),
    ],
)
def test_search_orders_by_bytes(store: Store, order_by: list[str], names: list[str]) -> None:
    for name in ("apple", "banana", "Apple", "ä"):
        store.experiments.create(name)
    assert [experiment.name for experiment in store.experiments.search(order_by=order_by)] == names


def test_pages_hold_every_experiment_once(store: Store) -> None:
    for number in range(7):
        store.experiments.create(f"e{number}", tags=[ExperimentTag("n", str(number))])
    seen: list[str] = []
    token: str | None = None
    sizes = []
    while True:
        page = store.experiments.search(max_results=3, order_by=["name"], page_token=token)
        sizes.append(len(page))
        seen += [experiment.name for experiment in page]
        assert all(experiment.tags for experiment in page if experiment.name != "Default")
        token = page.token
        if token is None:
            break
    assert sizes == [3, 3, 2]
    assert seen == ["Default", *(f"e{number}" for number in range(7))]


@pytest.mark.parametrize("max_results", [0, -1, 50_001])
def test_a_page_has_1_to_50000_experiments(store: Store, max_results: int) -> None:
    with refused(INVALID, "max_results"):
        store.experiments.search(max_results=max_results)


@pytest.mark.parametrize("token", ["x", "!!", "AAAA", "bnVsbA==", "ü", "W10=", "eyJvZmZzZXQiOiAzfQ=="])
def test_a_token_that_is_none_is_refused(store: Store, token: str) -> None:
    with refused(INVALID, "page token"):
        store.experiments.search(page_token=token)


@pytest.mark.parametrize(
    "filter_string",
    [
        "name = ",
        "nonsense = 'a'",
        "name > 'a' AND",
        "creation_time = 'x'",
        "name = 'a\x00'",
        "name = 'a\ud800'",
        " ",
    ],
)
def test_a_filter_that_does_not_parse_is_refused(store: Store, filter_string: str) -> None:
    if filter_string == " ":
        assert len(store.experiments.search(filter_string=filter_string)) == 1
        return
    with refused(INVALID):
        store.experiments.search(filter_string=filter_string)
