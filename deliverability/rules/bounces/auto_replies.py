"""Tells answers that machines give for people (RFC 3834) from everything else."""

import re

from deliverability.rules.bounces.addresses import clean_address
from deliverability.rules.bounces.report import Report
from deliverability.rules.bounces.types import Finding

_SUBJECT = re.compile(
    r"^\W*(re: ?|aw: ?|fwd?: ?)?\W*(auto(matic|mated|matische|matisk|matická|matique|mático|matica"
    r"|mática)?[ \-:]*(re(ply|spon\w+|sposta)|antwort|svar|r[ée]ponse|respuesta|resposta|antwoord|odpov|odpowied"
    r"|vastaus)"
    r"|autore(ply|spon\w+)|auto:|out[ -]of[ -](the[ -])?office|ooo\b|away from (the )?(office|my)|i('| a)m (away"
    r"|out|on (leave|vacation|holiday))|on (vacation|leave|holiday|annual leave)"
    r"|vacation|holiday|absence|absent|abwesen|nicht im (b[üu]ro|haus)|urlaub|automatische antwort|au[ßs]er haus"
    r"|réponse automatique|reponse automatique|absent du bureau|en congé|message d'absence"
    r"|respuesta autom[áa]tica|fuera de (la )?oficina|ausente|vacaciones|risposta automatica|fuori (sede|ufficio)"
    r"|assente|assenza|resposta autom[áa]tica|fora do escrit[óo]rio|aus[êe]ncia"
    r"|afwezig|automatisch antwoord|niet aanwezig|autosvar|fr[åa]nvarande|fravær|ikke til stede|poissa|lomalla"
    r"|automaattinen|nieobecno|autoodpowied|automatyczna odpowied|poza biurem|nep[řr][íi]tom"
    r"|automatick[áa] odpov|mimo kancel|h[áa]zon k[íi]v|t[áa]voll[ée]t|otomatik (yan[ıi]t|cevap)"
    r"|ofis d[ıi][şs][ıi]nda|автоответ|автоматический ответ|отсутств|в отпуске|自動(返信|応答)"
    r"|不在(の|通知|です)?|自动(回复|答复)"
    r"|自動回覆|休假|부재중|자동 ?(응답|회신)"
    r"|thank you for (your (e-?mail|message|inquiry|enquiry)|contacting)|we (have )?received your|your (e-?mail"
    r"|message|request|ticket|case) .{0,30}(received|has been (created|opened))|\[?(ticket|case|request) ?(#|id"
    r"|no))",
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
    submitted = headers.get("auto-submitted").split(";")[0].strip().lower()
    precedence = headers.get("precedence").strip().lower()
    is_answer = (
        submitted.startswith("auto-replied")
        or any(name in headers for name in _RESPONDERS)
        or precedence == "auto_reply"
        or bool(_SUBJECT.search(headers.get("subject")))
        or (headers.get("x-auto-response-suppress") != "" and submitted.startswith("auto"))
        or bool(_CHALLENGE.search(headers.get("subject")))
    )
    if not is_answer:
        return []
    return [Finding(clean_address(headers.get("from")), "auto-reply", words=headers.get("subject"), action="retry")]


def is_surely_auto_reply(report: Report) -> bool:
    """A vacation notice may quote a failure; its subject and headers tell it from one."""
    return bool(_SUBJECT.search(report.headers.get("subject"))) and "x-failed-recipients" not in report.headers
