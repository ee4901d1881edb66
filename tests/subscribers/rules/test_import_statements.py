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
        "E-mails harvested with a crawler",
        "contacts extracted from the web",
        "exported from Apollo and ZoomInfo: leads bought from ZoomInfo",
        "Adressen wurden von einem Anbieter zugekauft",
        "Mietadressen, Frühjahr 2026",
        "Kontakte aus dem Impressum",
        "base de données achetée en 2025",
        "adresses louées auprès d’un prestataire",
        "adresses collectées sur Internet",
        "lista de correos comprada a un proveedor",
        "base de datos alquilada",
        "contactos recopilados de internet",
        "elenco acquistato da un fornitore",
        "indirizzi raccolti da siti",
        "database noleggiato",
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


@pytest.mark.parametrize(
    "statement",
    [
        "Trade show list, Hannover 2026",
        "Attendee list of the conference in Berlin",
        "Messeliste der Ambiente 2026",
        "Teilnehmerliste vom Kongress",
        "Liste des exposants du salon de Lyon",
        "Annuaire des entreprises",
        "Lista de asistentes de la feria",
        "Páginas amarillas, Madrid",
        "Elenco dei partecipanti alla fiera",
        "Yellow pages and our own research",
    ],
)
def test_lists_of_others_are_refused_with_what_to_do_instead(statement: str) -> None:
    refusal = str(why_refused(statement))
    assert "gave their address to somebody else" in refusal
    assert "Invite people instead" in refusal


@pytest.mark.parametrize(
    "statement",
    [
        "Attendee list of our own event, each ticked the box on the registration form",
        "Teilnehmerliste unseres Seminars, alle haben eingewilligt, 2026",
        "Formulaire du stand, salon de Lyon, case cochée, mars 2026",
        "Formulario de la feria, casilla marcada, 2026",
        "Modulo al nostro stand, fiera di Milano, casella spuntata",
        "Kunden, die in unserem Shop gekauft haben und ein Häkchen gesetzt haben",
        "Clients ayant acheté en boutique et coché la case",
        "Clienti che hanno acquistato e accettato la newsletter",
        "People who bought a lead-crystal vase and signed up at the till",
    ],
)
def test_honest_statements_pass_in_five_languages(statement: str) -> None:
    assert why_refused(statement) is None
