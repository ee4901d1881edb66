"""The mailbox providers we know: whose domains are theirs without asking, and the MX hosts by which others are found.

A suffix stands for whole labels: `google.com` fits `aspmx.l.google.com`, never `notgoogle.com`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """`domains` need no DNS; `mx` are the endings of its mail hosts; `source` is where those can be checked."""

    word: str
    name: str
    domains: tuple[str, ...]
    mx: tuple[str, ...]
    source: str


def _known(word: str, name: str, *, domains: str = "", mx: str = "", source: str) -> KnownProvider:
    return KnownProvider(word, name, tuple(domains.split()), tuple(mx.split()), source)


# The big ones first: that is the order in which people choose from them.
KNOWN: tuple[KnownProvider, ...] = (
    _known(
        "google",
        "Gmail",
        domains="gmail.com googlemail.com",
        mx="google.com googlemail.com psmtp.com",
        source="Google Workspace Admin Help: MX record values; gmail.com's own MX",
    ),
    _known(
        "microsoft",
        "Outlook and Hotmail",
        domains="outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.com.br outlook.jp hotmail.com "
        "hotmail.co.uk hotmail.fr hotmail.de hotmail.es hotmail.it hotmail.nl hotmail.be live.com live.co.uk live.fr "
        "live.de live.it live.nl live.be live.ca live.com.au msn.com passport.com windowslive.com",
        mx="olc.protection.outlook.com hotmail.com",
        source="MX of outlook.com and hotmail.com",
    ),
    _known(
        "microsoft-business",
        "Microsoft 365",
        mx="mail.protection.outlook.com mx.microsoft mail.eo.outlook.com mail.protection.partner.outlook.cn "
        "mail.protection.office365.us",
        source="Microsoft Learn: external DNS records for Microsoft 365; inbound SMTP DANE (mx.microsoft)",
    ),
    _known(
        "yahoo",
        "Yahoo and AOL",
        domains="yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.ca yahoo.com.br yahoo.com.mx "
        "yahoo.com.ar yahoo.com.au yahoo.co.in yahoo.in yahoo.ie yahoo.gr yahoo.se yahoo.pl yahoo.ro yahoo.co.id "
        "ymail.com rocketmail.com myyahoo.com aol.com aol.de aol.fr aol.co.uk aim.com verizon.net netscape.net "
        "att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net swbell.net frontier.com frontiernet.net",
        mx="yahoodns.net",
        source="Yahoo Sender Hub: AOL, Verizon and AT&T mailboxes stand behind the same MX",
    ),
    _known(
        "apple",
        "iCloud",
        domains="icloud.com me.com mac.com privaterelay.appleid.com",
        mx="mail.icloud.com privaterelay.appleid.com",
        source="Apple Support: custom email domain with iCloud Mail; Private Relay's MX",
    ),
    _known(
        "gmx",
        "GMX and Web.de",
        domains="gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.us gmx.fr gmx.es gmx.co.uk gmx.eu web.de mail.com email.de",
        mx="gmx.net gmx.com web.de mail.com emig.gmx.net",
        source="postmaster.gmx.net and the MX of gmx.net, web.de, mail.com",
    ),
    _known(
        "t-online",
        "T-Online",
        domains="t-online.de magenta.de",
        mx="t-online.de",
        source="postmaster.t-online.de",
    ),
    _known(
        "orange",
        "Orange",
        domains="orange.fr wanadoo.fr",
        mx="orange.fr wanadoo.fr",
        source="postmaster.orange.fr",
    ),
    _known("free", "Free", domains="free.fr", mx="free.fr proxad.net", source="postmaster.free.fr"),
    _known("sfr", "SFR", domains="sfr.fr neuf.fr cegetel.net", mx="sfr.fr", source="postmaster.sfr.fr"),
    _known("laposte", "La Poste", domains="laposte.net", mx="laposte.net", source="postmaster.laposte.net"),
    _known(
        "libero",
        "Libero",
        domains="libero.it iol.it virgilio.it inwind.it blu.it giallo.it",
        mx="libero.it iol.it virgilio.it",
        source="Italiaonline: Libero Mail, MX of libero.it",
    ),
    _known("tiscali", "Tiscali", domains="tiscali.it", mx="tiscali.it", source="MX of tiscali.it"),
    _known(
        "comcast",
        "Comcast",
        domains="comcast.net",
        mx="comcast.net",
        source="postmaster.comcast.net; MX of comcast.net",
    ),
    _known(
        "charter",
        "Spectrum",
        domains="charter.net spectrum.net rr.com twc.com roadrunner.com",
        mx="charter.net spectrum.net rr.com twc.com",
        source="Charter: postmaster guidelines; MX of charter.net",
    ),
    _known("cox", "Cox", domains="cox.net", mx="cox.net coxmail.com", source="postmaster.cox.net"),
    _known(
        "bt",
        "BT",
        domains="btinternet.com btopenworld.com talk21.com",
        mx="btinternet.com",
        source="MX of btinternet.com",
    ),
    _known("telus", "Telus", domains="telus.net", mx="telus.net", source="MX of telus.net"),
    _known("shaw", "Shaw", domains="shaw.ca", mx="shaw.ca", source="MX of shaw.ca"),
    _known("bell", "Bell", domains="bell.net sympatico.ca", mx="bell.net", source="MX of bell.net"),
    _known(
        "bigpond",
        "Telstra",
        domains="bigpond.com bigpond.net.au telstra.com",
        mx="bigpond.com bigpond.net.au",
        source="MX of bigpond.com",
    ),
    _known(
        "yahoo-japan",
        "Yahoo! Japan",
        domains="yahoo.co.jp ybb.ne.jp",
        mx="yahoo.co.jp",
        source="Yahoo! Japan runs its own mail, apart from yahoodns.net",
    ),
    _known(
        "docomo",
        "docomo",
        domains="docomo.ne.jp",
        mx="docomo.ne.jp spmode.ne.jp",
        source="NTT docomo: notes for senders of bulk mail",
    ),
    _known(
        "proton", "Proton", domains="proton.me protonmail.com pm.me", mx="protonmail.ch", source="Proton: DNS records"
    ),
    _known(
        "zoho",
        "Zoho",
        domains="zoho.com zohomail.com zohomail.eu",
        mx="zoho.com zoho.eu zoho.in zohomail.com",
        source="Zoho Mail: MX records",
    ),
    _known("fastmail", "Fastmail", domains="fastmail.com fastmail.fm", mx="messagingengine.com", source="Fastmail: MX"),
    _known("mailbox-org", "mailbox.org", domains="mailbox.org", mx="mailbox.org", source="mailbox.org: own domains"),
    _known("posteo", "Posteo", domains="posteo.de posteo.net", mx="posteo.de", source="MX of posteo.de"),
    _known(
        "tuta",
        "Tuta",
        domains="tuta.com tuta.io tutanota.com tutanota.de tutamail.com keemail.me",
        mx="tutanota.de",
        source="Tuta: custom domains",
    ),
    _known("freenet", "freenet", domains="freenet.de", mx="freenet.de", source="MX of freenet.de"),
    _known(
        "vodafone-de",
        "Vodafone",
        domains="vodafone.de arcor.de",
        mx="vodafonemail.de",
        source="MX of arcor.de",
    ),
    _known("seznam", "Seznam", domains="seznam.cz email.cz post.cz", mx="seznam.cz", source="MX of seznam.cz"),
    _known("wp", "WP", domains="wp.pl", mx="wp.pl", source="MX of wp.pl"),
    _known("onet", "Onet", domains="onet.pl onet.eu op.pl poczta.onet.pl vp.pl", mx="onet.pl", source="MX of onet.pl"),
    _known("uol", "UOL", domains="uol.com.br bol.com.br", mx="uol.com.br", source="MX of uol.com.br"),
    _known(
        "mailru",
        "Mail.ru",
        domains="mail.ru inbox.ru list.ru bk.ru internet.ru",
        mx="mail.ru",
        source="postmaster.mail.ru",
    ),
    _known(
        "yandex",
        "Yandex",
        domains="yandex.ru yandex.com ya.ru",
        mx="yandex.ru yandex.net",
        source="Yandex 360: MX record",
    ),
    _known("qq", "QQ", domains="qq.com foxmail.com", mx="qq.com", source="Tencent Exmail: MX records; MX of qq.com"),
    _known(
        "netease",
        "NetEase",
        domains="163.com 126.com yeah.net",
        mx="netease.com",
        source="MX of 163.com and of its business mail",
    ),
    _known(
        "aliyun",
        "Alibaba Mail",
        domains="aliyun.com",
        mx="aliyun.com mxhichina.com alibaba-inc.com",
        source="Alibaba Cloud: MX of Alibaba Mail",
    ),
    _known("naver", "Naver", domains="naver.com", mx="naver.com", source="MX of naver.com"),
    _known("daum", "Daum", domains="daum.net hanmail.net", mx="daum.net hanmail.net", source="MX of daum.net"),
    # Filters answer before the mailbox's own server does, so they are whom we must not offend.
    _known(
        "mimecast",
        "Mimecast",
        mx="mimecast.com mimecast.co.za mimecast-offshore.com mimecast.org",
        source="Mimecast: MX record setup by region",
    ),
    _known(
        "proofpoint",
        "Proofpoint",
        mx="pphosted.com gpphosted.com ppe-hosted.com",
        source="Proofpoint: hosted MX names, Essentials included",
    ),
    _known("barracuda", "Barracuda", mx="barracudanetworks.com", source="Barracuda Email Gateway Defense: MX records"),
    _known("cisco", "Cisco Secure Email", mx="iphmx.com", source="Cisco Secure Email Cloud Gateway: MX records"),
    _known("symantec", "Symantec", mx="messagelabs.com", source="Broadcom Email Security.cloud: MX records"),
    _known(
        "trend-micro",
        "Trend Micro",
        mx="trendmicro.com trendmicro.eu trendmicro.co.jp",
        source="Trend Micro Email Security: MX records",
    ),
    _known(
        "hornetsecurity",
        "Hornetsecurity",
        mx="antispameurope.com hornetsecurity.com",
        source="Hornetsecurity: MX records",
    ),
    _known("sophos", "Sophos", mx="hydra.sophos.com", source="Sophos Email: MX records by region"),
    # Hosters.
    _known(
        "ionos",
        "IONOS",
        mx="ionos.com ionos.de ionos.co.uk ionos.es ionos.fr ionos.it 1and1.com kundenserver.de perfora.net",
        source="IONOS Help: MX records",
    ),
    _known("ovh", "OVHcloud", mx="ovh.net", source="OVHcloud: MX of MX Plan and Email Pro"),
    _known("strato", "Strato", mx="rzone.de", source="STRATO: MX of smtpin.rzone.de"),
    _known("godaddy", "GoDaddy", mx="secureserver.net", source="GoDaddy: Workspace MX records"),
    _known("rackspace", "Rackspace", mx="emailsrvr.com", source="Rackspace Email: MX records"),
    _known("namecheap", "Private Email", mx="privateemail.com", source="Namecheap: Private Email MX records"),
    _known("hostinger", "Hostinger", mx="hostinger.com titan.email", source="Hostinger and Titan: MX records"),
    _known("one-com", "one.com", mx="one.com", source="one.com: MX records"),
    _known("siteground", "SiteGround", mx="mailspamprotection.com", source="SiteGround: MX records"),
    _known("cloudflare", "Cloudflare", mx="mx.cloudflare.net", source="Cloudflare Email Routing: MX records"),
    _known(
        "amazon", "Amazon WorkMail", mx="amazonaws.com awsapps.com", source="Amazon WorkMail and SES: inbound endpoints"
    ),
)
