"""A subject with merge tags in a list of campaigns."""

import pytest

from templates_app.queries.lines import line_as_read


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("Winter coffees", "Winter coffees"),
        ('{{ contact.first_name | default: "Hello" }}, they landed', "Hello, they landed"),
        ("Hi {{ contact.first_name }} again", "Hi again"),
        ("{% if contact.tier == 'gold' %}Gold{% else %}Welcome{% endif %}", "Welcome"),
        ("Broken {{ contact.", "Broken {{ contact."),
        ("{{ contact.first_name }}", "{{ contact.first_name }}"),
        ("100 % {off}", "100 % {off}"),
    ],
)
def test_code_gives_way_to_its_fallback(source: str, read: str) -> None:
    assert line_as_read(source) == read
