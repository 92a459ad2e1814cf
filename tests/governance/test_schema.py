"""The OpenAPI schema says what the portal does: no body stands in for another, each choice has a name."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def generated():
    """The schema, and what the generator warned of."""
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        schema = SchemaGenerator().get_schema(request=None, public=True)
        warnings = [str(warning) for warning in GENERATOR_STATS._warn_cache]
    GENERATOR_STATS.reset()
    return schema, warnings


def test_nothing_is_named_or_guessed_wrongly(generated):
    assert generated[1] == []


def test_reports_of_problems_and_of_measures_have_bodies_of_their_own(generated):
    schema, _warnings = generated

    def fields(path: str) -> set[str]:
        body = schema["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"]
        name = body["application/json"]["schema"]["$ref"].rpartition("/")[2]
        return set(schema["components"]["schemas"][name]["properties"])

    assert {"unit", "category", "text"} <= fields("tasks/")
    assert fields("measures/{id}/report/") == {"text", "reference", "attachments"}
    assert fields("tasks/{number}/decide-extension/") == {"reason", "granted"}
