"""What is known of addresses by sight: the big mailbox providers, how their names are mistyped, and names of functions.

Domains of mailboxes for one use come from the packages mailchecker and disposable-email-domains, both MIT.
"""

# Where most private mailboxes are; a slip of one of these is worth asking about. The likelier meant stands first.
_POPULAR = (
    "gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.ca"
    " yahoo.com.br yahoo.com.mx yahoo.com.ar yahoo.com.au yahoo.co.in yahoo.co.jp yahoo.co.id ymail.com"
    " rocketmail.com aol.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.es hotmail.it"
    " hotmail.nl hotmail.be hotmail.com.br hotmail.com.ar hotmail.se hotmail.no hotmail.dk outlook.com"
    " outlook.fr outlook.de outlook.es outlook.it outlook.com.br outlook.com.au outlook.jp live.com"
    " live.co.uk live.fr live.de live.nl live.it live.be live.com.mx live.com.au live.ca msn.com"
    " windowslive.com icloud.com me.com mac.com mail.com gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.fr"
    " web.de t-online.de freenet.de arcor.de posteo.de mailbox.org orange.fr wanadoo.fr free.fr sfr.fr"
    " laposte.net neuf.fr bbox.fr libero.it virgilio.it alice.it tiscali.it tin.it btinternet.com sky.com"
    " virginmedia.com talktalk.net ntlworld.com bluewin.ch telenet.be skynet.be proximus.be ziggo.nl"
    " kpnmail.nl planet.nl home.nl xs4all.nl comcast.net verizon.net att.net sbcglobal.net bellsouth.net"
    " cox.net charter.net earthlink.net optonline.net rogers.com shaw.ca sympatico.ca bell.net telus.net"
    " bigpond.com optusnet.com.au uol.com.br bol.com.br terra.com.br terra.es telefonica.net sapo.pt wp.pl"
    " onet.pl o2.pl interia.pl op.pl seznam.cz email.cz centrum.cz azet.sk freemail.hu citromail.hu abv.bg"
    " mail.bg mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net qq.com 163.com"
    " 126.com sina.com naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp"
    " rediffmail.com proton.me protonmail.com pm.me tutanota.com fastmail.com zoho.com hey.com duck.com"
    " telia.com bredband.net spray.se online.no jubii.dk otenet.gr mynet.com walla.co.il walla.com"
    " netvision.net.il"
)
# Real domains that stand one letter from a popular one.
_NOT_MISTYPED = (
    "alice.de alice.fr aol.co.uk aol.de aol.es aol.fr aol.it aol.jp aol.nl aol.se bell.com cox.com"
    " daum.com duck.ca email.com emails.com fastmail.fm fmail.com free.com freemail.com freemail.de"
    " freenet.com gmx.biz gmx.co.uk gmx.es gmx.eu gmx.info gmx.it gmx.li gmx.org gmx.us hanmail.com hey.de"
    " hmail.com home.com home.de hotmail.at hotmail.ca hotmail.ch hotmail.cl hotmail.co.il hotmail.co.jp"
    " hotmail.co.kr hotmail.co.nz hotmail.co.th hotmail.co.za hotmail.com.au hotmail.com.mx hotmail.com.tr"
    " hotmail.cz hotmail.fi hotmail.gr hotmail.hu hotmail.jp hotmail.my hotmail.ru hotmail.sg icloud.de"
    " laposte.fr libero.com life.com live.at live.ch live.cl live.cn live.co.kr live.co.za live.com.ar"
    " live.com.my live.com.pt live.com.sg live.dk live.eu live.hk live.ie live.in live.jp live.no live.pt"
    " live.ru live.se mail.de mail.ua mailbox.com me.de naver.net online.de online.fr orange.es orange.net"
    " orange.pl orange.sk outlook.at outlook.be outlook.cl outlook.co.id outlook.co.th outlook.com.ar"
    " outlook.com.gr outlook.com.tr outlook.com.vn outlook.cz outlook.dk outlook.gr outlook.hu outlook.ie"
    " outlook.in outlook.kr outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg outlook.sk"
    " pm.com posteo.eu posteo.net proton.com qmail.com shaw.com sina.cn sina.com.cn sky.it terra.cl"
    " terra.com tiscali.co.uk tiscali.de tiscali.fr tmail.com tuta.com tuta.io tutanota.de umail.com"
    " vmail.com wanadoo.es wanadoo.nl wp.com xmail.com yahoo.at yahoo.be yahoo.cl yahoo.co.kr yahoo.co.nz"
    " yahoo.co.th yahoo.co.za yahoo.com.co yahoo.com.hk yahoo.com.pe yahoo.com.ph yahoo.com.sg"
    " yahoo.com.tr yahoo.com.tw yahoo.com.ve yahoo.com.vn yahoo.dk yahoo.gr yahoo.ie yahoo.in yahoo.ne.jp"
    " yahoo.nl yahoo.no yahoo.pl yahoo.ro yahoo.se yandex.by yandex.kz yandex.net yandex.ua ziggo.com"
    " zoho.eu zoho.in"
)
# Providers with one domain, whatever else is typed behind the name.
ONE_DOMAIN = {"gmail": "gmail.com", "icloud": "icloud.com"}
# How endings are mistyped. Some are countries, which is why only names that are right by themselves are asked about.
MISTYPED_ENDINGS = {
    "com": "co cm om con com.com comm coom ccom cim vom xom cmo ocm cpm clm cok col cum dom coml comn c ckm comcom kom",
    "net": "ne nt et ner nte ent nett neet nwt met bet net.com",
    "de": "d dee ed se.de dw ded den dr ee",
    "fr": "f frr rf fe ft dr ftr gr",
    "it": "i itt ti ut ot",
    "es": "e ess se ed",
    "nl": "n nll ln nk",
    "ch": "c chh hc cj",
    "at": "a att ta ay",
    "co.uk": "co.k co.u co.yk couk co.ukk co.ik c.uk o.uk uk cou.k",
    "com.br": "com.b com.r combr com.brr com.bt cm.br om.br con.br",
    "org": "og rg or ogr orgg prg",
    "ru": "r u ruu ur",
    "pl": "p l pll lp",
    "cz": "c cx zc",
    "se": "s e ss es",
}
# What the lists of mailboxes for one use name wrongly: forwarders that guard a real mailbox (addy.io, SimpleLogin,
# Firefox Relay, DuckDuckGo, Apple), vanity domains of mail.com and Tuta, and companies.
_NOT_DISPOSABLE = (
    "addy.io anonaddy.com anonaddy.me 8shield.net aleeas.com simplelogin.com simplelogin.co"
    " simplelogin.fr simplelogin.io slmail.me slmails.com dralias.com silomails.com passmail.net"
    " passmail.com passinbox.com mozmail.com relay.firefox.com duck.com privaterelay.appleid.com"
    " keemail.me tuta.com tutamail.com tuta.io tutanota.com tutanota.de sify.com test.com test.de test.org"
    " consultant.com myself.com accountant.com activist.com adexec.com allergist.com alumni.com"
    " alumnidirector.com archaeologist.com arcticmail.com artlover.com asia.com atheist.com auctioneer.net"
    " bartender.net berlin.com bikerider.com birdlover.com brew-master.com brew-meister.com cash4u.com"
    " catlover.com cheerful.com chef.net chemist.com clerk.com clubmember.org collector.org columnist.com"
    " comic.com computer4u.com contractor.net coolsite.net counsellor.com cutey.com cyber-wizard.com"
    " cyberdude.com cybergal.com dallasmail.com deliveryman.com diplomats.com disciples.com discofan.com"
    " doctor.com dr.com dublin.com email.com engineer.com englandmail.com europe.com execs.com"
    " financier.com fireman.net galaxyhit.com gardener.com geologist.com graduate.org graphic-designer.com"
    " greenmail.net groupmail.com hairdresser.net hilarious.com homemail.com hot-shot.com housemail.com"
    " humanoid.net iname.com innocent.com inorbit.com instruction.com instructor.net insurer.com"
    " irelandmail.com journalist.com keromail.com lawyer.com legislator.com linuxmail.org london.com"
    " lobbyist.com madrid.com mail-me.com mail.com minister.com moscowmail.com munich.com musician.org"
    " muslim.com newyork.com null.net nycmail.com optician.com orthodontist.net pediatrician.com"
    " photographer.net physicist.net planetmail.com planetmail.net politician.com post.com presidency.com"
    " priest.com programmer.net protestant.com publicist.com qualityservice.com radiologist.net"
    " ravemail.com realtyagent.com reborn.com registerednurses.com reggaefan.com repairman.com"
    " representative.com rescueteam.com rome.com saintly.com samerica.com sanfranmail.com scientist.com"
    " scotlandmail.com secretary.net snakebite.com socialworker.net sociologist.com solution4u.com"
    " songwriter.net spainmail.com surgical.net swedenmail.com swissmail.com teachers.org tech-center.com"
    " techie.com technologist.com theplate.com therapist.net toke.com toothfairy.com torontomail.com"
    " tvstar.com umpire.com usa.com uymail.com webname.com who.net whoever.com winning.com witty.com"
    " workmail.com worker.com writeme.com yours.com"
)
# Mailboxes of a function, in the languages that companies name them in: RFC 2142, what machines answer from, and what
# stands on doors.
_ROLES = (
    "abuse account accounting accounts accountspayable accueil achats acquisti admin administracion"
    " administratie administrator administrators admins ads advertise advertising affiliate affiliates"
    " agency agents alarm alarms alert alerts all all-staff allstaff alumni amministrazione anfrage"
    " anfragen anonymous ap api appointments ar asiakaspalvelu assistenza atencionalcliente atendimento"
    " auskunft auto-confirm automated ayuda backup bestallning bestellingen bestellung bestellungen"
    " bewerbung bewerbungen bilgi billing biuro board boekhouding bogholderi booking bookings bounce"
    " bounces boutique buchhaltung buero capacitacion career careers ceo certificates cfo checkout church"
    " city client clientes clienti clients clientservices cobranzas comenzi comercial commande commandes"
    " commercial commerciale communication complaints compliance compras comptabilite comunicacion"
    " comunicazione conference contabilidad contabilidade contabilita contact contact-us contactenos"
    " contacto contactus coo copyright council courrier crm cto customer customer-service customercare"
    " customers customerservice daemon dataprotection datenschutz deals delivery destek dev developer"
    " developers devnull devops direccion directie direction director directors diretoria direzione"
    " dispatch dmarc dns do-not-reply do_not_reply docs domain domains donors donotreply dpo editor"
    " editorial editors einkauf ekonomi email emails empfang empleo engineering enquire enquiries enquiry"
    " erp error errors event events everybody everyone executive export facturacion facturation facturen"
    " factures faktura faleconosco fatture fbl feedback finance financeiro founders frontdesk frontoffice"
    " ftp gdpr gerencia geschaeftsfuehrung group groups guest handlowy hello help helpdesk hey hi hiring"
    " hosting hostmaster hr imap import imprensa inbox info information inkoop inquiries inquiry"
    " international internet investorrelations investors invoice invoices ir iroda ispfeedback it jira job"
    " jobs kadry kanzlei klantenservice kontakt ksiegowosc kundenbetreuung kundendienst kundenservice"
    " kundeservice kundservice kundtjanst leadership legal library list list-request listmanager lists"
    " listserv livraison logistics mail mailbox maildaemon mailer mailer-daemon mairie majordomo"
    " management manager managers marketing media member members monitoring muhasebe myynti network news"
    " newsletter newsletters no-reply no_reply nobody noc noemail none noreply nospam notification"
    " notifications notify null obchod objednavky offers office officemanager oficina operations ops order"
    " orders ordini outbox owner owners parish partner partners partnerships payment payments payroll"
    " pedidos people pers personal personale personeel phishing podpora post postbox postmaster pr praxis"
    " prenotazioni prensa president press presse privacy procurement production project projects promo"
    " promotions publishing purchase purchasing receipts recepcao reception rechnung rechnungen"
    " rechnungswesen recruiter recruiting recruitment recrutement recursoshumanos redaktion registrar"
    " regnskap reklamation remove reservas reservation reservations returns rh root rrhh sac sales satis"
    " sav school secretaria secretariaat secretariat secretary security segreteria sekretariat server"
    " service serviceclient servicedesk services servicioalcliente shipping shop sklep smtp soporte spam"
    " spamtrap sprzedaz ssladmin staff stage stampa store students subscribe subscriptions suggestions"
    " suporte supplier suppliers support supporto sysadmin system systems talent teachers team teams tech"
    " technical technik techsupport test tester testing tienda toimisto training ucetni ufficio"
    " ugyfelszolgalat undisclosed-recipients unsubscribe usenet user users uucp vanzari vendas vendite"
    " vendor vendors ventas verkauf verkoop versand vertrieb verwaltung virus volunteer volunteers"
    " vorstand warehouse web web-master webadmin webinar webinars webmaster website welcome werbung"
    " wholesale www zamowienia zentrale"
)
POPULAR = _POPULAR.split()
NOT_MISTYPED, NOT_DISPOSABLE = frozenset(_NOT_MISTYPED.split()), frozenset(_NOT_DISPOSABLE.split())
ROLES = frozenset(_ROLES.split())
