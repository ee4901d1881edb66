import pytest

from subscribers.rules.imports.statements import why_refused


@pytest.mark.parametrize(
    "statement",
    [
        "purchased list",
        "We bought this list from a broker in 2024",
        "leads we have purchased from Acme",
        "The addresses were scraped from LinkedIn",
        "Gekaufte Adressen vom Händler",
        "fichier acheté : liste achetée chez un courtier",
        "rented email database",
    ],
)
def test_bought_and_collected_lists_are_refused(statement: str) -> None:
    assert "bought, rented or collected" in str(why_refused(statement))


@pytest.mark.parametrize("statement", ["", "   ", "yes", "n/a", "consent"])
def test_a_statement_that_states_nothing_is_refused_with_an_example(statement: str) -> None:
    assert "for example" in str(why_refused(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "Paper form at our stand, trade fair in Lyon, March 2026",
        "Customers who purchased in our shop and ticked the box",
        "Contacts who bought a ticket and asked for the newsletter",
        "Newsletter form on huila.example, double opt-in, 2022 to 2026",
    ],
)
def test_honest_statements_pass(statement: str) -> None:
    assert why_refused(statement) is None
