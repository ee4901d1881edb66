"""Branches of a mail: every condition has a person who meets it."""

import pytest

from templates_app.rules.liquid.branches import branches, with_branch
from tests.templates_app.content import body_of, merged, text_mjml

SOURCE = (
    '{% if contact.tier == "gold" %}Gold{% elsif contact.points >= 100 %}Many{% else %}Nothing{% endif %}'
    '{% case contact.country %}{% when "CH", "AT" %}Alps{% endcase %}'
)


def test_every_condition_and_its_absence_is_a_branch() -> None:
    assert [branch.label for branch in branches(SOURCE)] == [
        "tier is gold",
        "points ≥ 100",
        "country is CH",
        "country is AT",
        "without tier",
        "without points",
        "without country",
    ]


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("contact.points > 3", 4),
        ("contact.points < 3", 2),
        ('contact.tier != "gold"', "not gold"),
        ("contact.vip == true", True),
        ("contact.city", "Example"),
        ('contact.tags contains "tea"', "tea"),
    ],
)
def test_the_value_leads_into_the_branch(condition: str, value: object) -> None:
    source = f"{{% if {condition} %}}In{{% endif %}}"
    branch = branches(source)[0]
    assert branch.value == value
    mail = merged(text_mjml(source), {"contact": with_branch({}, branch)})
    assert body_of(mail, "plain").startswith("In")


def test_other_values_and_other_parents_stay() -> None:
    values = {"tier": "silver", "shop": {"city": "Bonn", "size": 3}}
    nested = branches('{% if contact.shop.city == "Kiel" %}Kiel{% endif %}')
    assert with_branch(values, nested[0]) == {"tier": "silver", "shop": {"city": "Kiel", "size": 3}}
    assert with_branch(values, nested[1]) == {"tier": "silver", "shop": {"size": 3}}
    assert values["shop"] == {"city": "Bonn", "size": 3}
