"""Reads failure notices that are plain text: qmail, Exim, Postfix, sendmail, Exchange, Domino, GroupWise and the rest.

Every server words its notice in its own way, but all name the recipient in one of a few manners: at the head of a line
followed by the reason, alone on a line, behind a label, or in the SMTP command that was refused.
"""

import re

from deliverability.rules.bounces.addresses import ADDRESS, addresses_in, clean_address, is_of_a_machine
from deliverability.rules.bounces.judging import judge
from deliverability.rules.bounces.report import Report
from deliverability.rules.bounces.types import Finding

_AT_HEAD = re.compile(
    rf"^[ \t>*.\-]*(?:\d+[.)] )?[<\"'(\[]*({ADDRESS})[>\"')\]]*(?=[ \t]*(?:[:;,(\-\[]|\.\.\.|on \w{{3}}, |\w+:|$"
    rf"|[ \t]{{2,}}|delivery|is |was |could|failed))",
    re.I,
)
_AT_START = re.compile(rf"^[ \t]*<?({ADDRESS})>?(?=[ \t<])", re.M)
_LABELLED = re.compile(
    rf"(?:recipients?(?:\(s\))?(?: name| address)?|addressed to|error-for|undeliverable address"
    rf"|(?:e-?)?mail address|target (?:mail )?address"
    rf"|(?:mail ?box|inbox|account|user|addressee|address|destination|alias)(?:\W{{1,3}}is full| name"
    rf"| exceeds allowed size|'s mailbox is full)?"
    rf"|unknown (?:user|recipient|local part|address)|invalid (?:final delivery userid|user|recipient|address)"
    rf"|failed (?:recipient|address|to deliver to)"
    rf"|delivery failed \d+ attempts|(?:originally )?addressed to|to the following (?:recipient"
    rf"|address)[^\n]{{0,40}}|deliver(?:ed|y|ing)?(?: your (?:mail|message|e-?mail))? to"
    rf"|(?:message|mail) (?:addressed )?(?:to|for)|mailing list|could not deliver|unable to (?:deliver"
    rf"|send)[^\n]{{0,30}} to|intended for|not (?:find|locate)|sent to|rcpt(?: to)?|tried to reach|(?:violation"
    rf"|quota|mailbox|account|delivery) for)"
    rf"(?:[ \t]*[:=]+[ \t]*|[ \t]+|[ \t]*\n[ \t]*)[<\"'(\[]*({ADDRESS})",
    re.I,
)
# Sendmail before version 8 and its heirs: "550 <who@example.org>... User unknown".
_REFUSED = re.compile(
    rf"^[ \t]*(?:<<<[ \t]*)?[45]\d\d[ \-]+(?:[45]\.\d+\.\d+[ \t]+)?<?({ADDRESS})>?[ \t]*(?:\.\.\.|[,:;]|$)", re.I
)
_NO_MEMBER = re.compile(rf"not (?:a )?member of [^<@\n]{{0,60}}[<\"'(]*({ADDRESS})", re.I)
_COMMAND = re.compile(rf"rcpt to:[ \t]*<?({ADDRESS})>?", re.I)
_BARE_NAME = re.compile(r"^[ \t]+<?([A-Za-z0-9][\w.+\-]{1,63})>?[ \t]*$", re.M)

# Each group is one sign that the mail is a failure notice.
_SENDER = re.compile(
    r"mailer-?daemon|post ?master|mail (delivery|system|admin|router|server)|delivery (sub)?system"
    r"|system administrator|mail ?administrator"
    r"|\bmdaemon\b|\bbounces?\b|returned mail|no-?reply|mail-?errors?|undeliverable",
    re.I,
)
_SUBJECT = re.compile(
    r"undeliver|deliver\w*.{0,30}\b(status|fail|notif|report|problem|error|delay)|(fail|status|problem|error"
    r"|notice).{0,20}\bdeliver|returned? (mail|message|to sender)"
    r"|failure notice|mail (system|delivery|routing)? ?(error|failure|failed)|(could|can) ?not be delivered"
    r"|non.?deliver|not (be )?delivered|\bbounced?\b"
    r"|deliver\w* (has )?failed|failed (mail|delivery|to deliver)|(mail|message|nachricht"
    r"|mensaje) .{0,30}(rejected|refused|blocked|not accepted)"
    r"|delayed (mail|message)|warning:? .{0,30}(message|mail|delayed|not sent)|unknown (user|recipient|address)"
    r"|user unknown|nondeliverable|rejected mail"
    r"|unzustellbar|nicht zugestellt|zustellung|fehlgeschlagen|non remis|non distribu|échec|echec"
    r"|impossible de (remettre|distribuer)|no (se )?(pudo|ha podido) entregar"
    r"|no entregad|devuelto|mancata consegna|non recapitat|não (foi )?entreg|devolvid|onbestelbaar|ikke leveret"
    r"|kunde inte|не доставлен|недоставлен|エラー|送信(でき|失敗)|配信(でき|不能|エラー)|退信|退回|系统退信"
    r"|not (a )?members?\b|could not be (posted|sent)",
    re.I,
)
_BODY = re.compile(
    r"(could|can) ?not be (delivered|sent|reached|posted)|(was|were|been|is|been) (not|un) ?deliver"
    r"|not (been )?delivered|unable to (deliver|send|complete delivery|relay)|undeliver(ed|able)"
    r"|did not (reach|get through)|deliver\w* .{0,60}(failed|failure|error|problem)|(failed|failure|error"
    r"|problem)\w* .{0,60}deliver|permanent(ly)? (fatal )?(error|failure|failed)"
    r"|returned to (the )?sender|(has been|is|was) (returned|rejected|refused|blocked|delayed)|temporary (failure"
    r"|error)|was (rejected|refused|returned|blocked|not accepted)|wasn'?t able to deliver|(user|mailbox|account"
    r"|address|recipient|host|domain)( name)? .{0,80}\b(unknown|not found|does ?n[o']t exist|full|exceed|disabled"
    r"|not recogni|no longer|invalid|over quota|rejected)"
    r"|unknown (user|recipient|address|host)|invalid (recipient|address|final delivery)"
    r"|address(es)?\(?e?s?\)? .{0,20}failed|error(s)? (was|were|while|has|have|in|detected|occurred)|(remote host"
    r"|server) (said|replied|response)"
    r"|transcript of session|>>> ?rcpt to|<<< ?5\d\d|smtp error|error-code|message that you sent|not a member of"
    r"|not have permission to post|retry time|recipient.{0,30}reject"
    r"|送信(でき|され)|配信(でき|され)|エラー|見つかり"
    r"|не может быть доставлено|не доставлено|n'a pas pu|nicht zugestellt"
    r"|konnte nicht|no (pudo|puede) (ser )?entreg|non (è|e') stat|n[ãa]o (foi|p[ôo]de)|無法|无法|被退",
    re.I,
)
_SPACE = re.compile(r"\s+")
_DELAY = re.compile(
    r"warning (message )?only|(has been|is|was|still) (being )?delayed|delayed for|do not need to (re-?)?send"
    r"|will (be retried|keep trying|continue trying|retry)|still being retried|temporary failure report"
    r"|delay(ed)? (mail|notification)",
    re.I,
)


def looks_like_notice(report: Report) -> bool:
    """Whether somebody's server tells us of a failure: the words, and a sender or subject that fits them."""
    headers = report.headers
    if "x-failed-recipients" in headers:
        return True
    path = headers.get("return-path").strip().lower() if "return-path" in headers else "-"
    signs = (
        path in ("<>", "") or "mailer-daemon" in path,
        bool(_SENDER.search(f"{headers.get('from')} {headers.get('x-mailer')}"))
        or headers.get("from").strip() in ("", "<>"),
        bool(_SUBJECT.search(headers.get("subject"))),
        headers.get("auto-submitted").lower().startswith("auto-generated"),
    )
    is_worded = bool(_BODY.search(_SPACE.sub(" ", report.notice)))
    is_announced = "multipart/report" in headers.get("content-type").lower() and bool(report.returned)
    return (is_worded and any(signs)) or ((is_announced or bool(report.returned)) and sum(signs) >= 2)


def read_notice(report: Report) -> list[Finding]:
    """A finding for each recipient that the notice names."""
    spots = _spots(report)
    is_delay = bool(_DELAY.search(_SPACE.sub(" ", f"{report.headers.get('subject')} {report.notice}")))
    findings = []
    for index, (start, address) in enumerate(spots):
        later = [at for at, _ in spots[index + 1 :] if at > start]
        near = report.notice[start : later[0] if later else None][:1500] if start >= 0 else ""
        judged = judge(
            [near],
            farthest=f"{report.notice[:3000]}\n{report.headers.get('subject')}",
            status=report.headers.get("status"),
            is_delay=is_delay,
            stage=near or report.notice,
        )
        findings.append(judged.of(address, is_final=not is_delay))
    return findings


def _spots(report: Report) -> list[tuple[int, str]]:
    """Where in the notice each recipient is named (-1: nowhere) and who it is."""
    failed = addresses_in(" ".join(report.headers.all("x-failed-recipients")))
    if failed:
        return [(_line_start(report.notice, address), address) for address in failed]
    ours = _our_own(report)
    returned = report.original.recipients
    for spots in _by_manner(report.notice):
        named = _once([(at, address) for at, address in spots if address not in ours or address in returned])
        people = [spot for spot in named if not is_of_a_machine(spot[1]) or spot[1] in returned]
        if people or (named and not returned):
            return people or named
    return _without_address(report, returned)


def _by_manner(notice: str) -> list[list[tuple[int, str]]]:
    if match := _NO_MEMBER.search(notice):
        return [[(match.start(), match[1].lower())]]
    heads: list[tuple[int, str]] = []
    position = 0
    for line in notice.split("\n"):
        if match := _AT_HEAD.match(line) or _REFUSED.match(line):
            heads.append((position, match[1].lower().rstrip(".")))
        position += len(line) + 1
    labelled = [
        (_start_of_line(notice, match.start(1)), match[1].lower().rstrip("."))
        for pattern in (_COMMAND, _LABELLED, _AT_START)
        for match in pattern.finditer(notice)
    ]
    everywhere = [(_line_start(notice, address), address) for address in addresses_in(notice)]
    return [heads, sorted(labelled), everywhere]


def _without_address(report: Report, returned: list[str]) -> list[tuple[int, str]]:
    """A bare local part at the domain of the server that reports, as AOL does; else whom the returned mail was to."""
    if len(returned) == 1:
        return [(-1, returned[0])]
    match = _BARE_NAME.search(report.notice)
    domain = clean_address(report.headers.get("from")).rpartition("@")[2]
    if match and domain and not returned:
        return [(match.start(), f"{match[1].lower()}@{domain}")]
    subject = [one for one in addresses_in(report.headers.get("subject")) if one not in _our_own(report)]
    return [(-1, address) for address in returned or subject]


def _our_own(report: Report) -> set[str]:
    headers, returned = report.headers, report.original.headers
    names = ("to", "from", "reply-to", "return-path", "delivered-to", "x-original-to", "sender", "errors-to", "x-loop")
    ours = {address for name in names for value in headers.all(name) for address in addresses_in(value)}
    return ours | {one for name in ("from", "return-path", "sender") for one in addresses_in(returned.get(name))}


def _once(spots: list[tuple[int, str]]) -> list[tuple[int, str]]:
    seen: dict[str, int] = {}
    for at, address in spots:
        seen.setdefault(address, at)
    return [(at, address) for address, at in seen.items()]


def _line_start(notice: str, address: str) -> int:
    at = notice.lower().find(address)
    return _start_of_line(notice, at) if at >= 0 else -1


def _start_of_line(notice: str, at: int) -> int:
    return notice.rfind("\n", 0, at) + 1
