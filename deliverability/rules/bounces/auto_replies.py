"""Tells answers that machines give for people (RFC 3834) from everything else."""

import re

from deliverability.rules.bounces.addresses import clean_address
from deliverability.rules.bounces.report import Report
from deliverability.rules.bounces.types import Finding

_RE = r"^\W*(re: ?|aw: ?|sv: ?|fwd?: ?)?\W*"
# No person writes these by hand.
_SAYS_SO = re.compile(
    _RE + r"(auto(matic|mated|matische|matisk|matick[áa]|matique|m[áa]tico|matica|m[áa]tica)?[ \-:]*"
    r"(re(ply|spon\w+|sposta)|antwort|svar|r[ée]ponse|respuesta|resposta|antwoord|odpov|odpowied|vastaus)"
    r"|autore(ply|spon\w+)|auto:|out[ -]of[ -](the[ -])?office|ooo\b|away from (the )?(office|my)"
    r"|i('| a)m (away|out of|on (leave|vacation|holiday))|automatische antwort|abwesenheits|r[ée]ponse automatique"
    r"|absent du bureau|message d'absence|respuesta autom[áa]tica|fuera de (la )?oficina|risposta automatica"
    r"|fuori (sede|ufficio)|resposta autom[áa]tica|fora do escrit[óo]rio|automatisch antwoord|autosvar"
    r"|automaattinen vastaus|autoodpowied|automatyczna odpowied|automatick[áa] odpov|h[áa]zon k[íi]v[üu]l"
    r"|otomatik (yan[ıi]t|cevap)|ofis d[ıi][şs][ıi]nda|автоответ|автоматический ответ|自動(返信|応答)"
    r"|不在(通知|の)|自动(回复|答复)|自動回覆|부재중|자동 ?(응답|회신))",
    re.IGNORECASE,
)
# People and shops write these as well: only with another sign of a machine.
_MAY_SAY_SO = re.compile(
    _RE + r"(on (vacation|leave|holiday|annual leave)|vacation|holiday|absence|absent|abwesen|nicht im (b[üu]ro|haus)"
    r"|urlaub|au[ßs]er haus|en cong[ée]|ausente|vacaciones|assente|assenza|aus[êe]ncia|afwezig|niet aanwezig"
    r"|fr[åa]nvarande|frav[æe]r|ikke til stede|poissa|lomalla|nieobecno|poza biurem|nep[řr][íi]tom|mimo kancel"
    r"|t[áa]voll[ée]t|отсутств|в отпуске|不在|休假|thank you for (your (e-?mail|message|inquiry|enquiry)|contacting)"
    r"|we (have )?received your|your (e-?mail|message|request|ticket|case) .{0,30}(received|has been (created|opened))"
    r"|\[?(ticket|case|request) ?(#|id|no))",
    re.IGNORECASE,
)
_RESPONDERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-auto-response",
    "x-autorespond-id",
    "x-mail-autoreply",
    "x-vacation",
)
_CHALLENGE = re.compile(
    r"(confirm|verify|verification|challenge|authenticate).{0,80}(sender|you are (a )?(human|person)|your (message"
    r"|e-?mail|address)|that you)|boxbe|spamarrest|sender verification",
    re.IGNORECASE,
)


def read_auto_reply(report: Report) -> list[Finding]:
    """One finding for the person in whose name the machine answered; nothing for other mail."""
    headers = report.headers
    subject = headers.get("subject")
    is_answer = (
        headers.get("auto-submitted").strip().lower().startswith("auto-replied")
        or headers.get("precedence").strip().lower() == "auto_reply"
        or any(name in headers for name in _RESPONDERS)
        or bool(_CHALLENGE.search(subject))
        or is_surely_auto_reply(report)
    )
    if not is_answer:
        return []
    return [Finding(clean_address(headers.get("from")), "auto-reply", words=subject, action="retry")]


def is_surely_auto_reply(report: Report) -> bool:
    """A vacation notice may quote a failure; its subject and headers tell it from one."""
    headers = report.headers
    if "x-failed-recipients" in headers:
        return False
    subject = headers.get("subject")
    return bool(_SAYS_SO.search(subject)) or (bool(_MAY_SAY_SO.search(subject)) and _is_of_a_machine(report))


def _is_of_a_machine(report: Report) -> bool:
    headers = report.headers
    return (
        headers.get("auto-submitted").strip().lower().startswith("auto")
        or headers.get("precedence").strip().lower() in ("bulk", "junk", "auto_reply")
        or ("return-path" in headers and headers.get("return-path").strip() in ("", "<>"))
        or "x-auto-response-suppress" in headers
    )
