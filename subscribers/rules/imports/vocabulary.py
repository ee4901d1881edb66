"""The words by which files name their columns, in the languages and products that people export from.

All of it is data, written as people write it; `headers` folds it before it compares.
"""

# Names of a field, parted by "|". The first of a field's names are its plainest ones.
EMAIL = (
    "email|e-mail|mail|email address|e-mail address|mail address|primary email|primary email address|email 1|email1"
    "|e-mail 1 - value|email id|e-mail-adresse|email-adresse|emailadresse|mailadresse|mail-adresse|e-mailadresse"
    "|e-post|epost|e-postadress|e-postadresse|adresse e-mail|adresse email|adresse mail|adresse de courriel|courriel"
    "|adresse électronique|mél|adresse mél|correo|correo electrónico|dirección de correo"
    "|dirección de correo electrónico|dirección de email|indirizzo email|indirizzo e-mail|indirizzo mail"
    "|posta elettronica|indirizzo di posta elettronica|emailadres|e-mailadres|endereço de email|endereço de e-mail"
    "|endereço eletrônico|correio eletrónico|adres e-mail|adres email|adres mailowy|sähköposti|sähköpostiosoite"
    "|e-mailová adresa|emailová adresa|e-mail cím|email cím|adresă de email|adresa de email|e-posta|eposta"
    "|e-posta adresi|электронная почта|эл. почта|почта|адрес электронной почты|емейл|имейл|електронна пошта"
    "|ηλεκτρονικό ταχυδρομείο|メールアドレス|メール|eメール|電子メール|電子郵件|邮箱|邮箱地址|电子邮件|电子邮箱|電郵"
    "|이메일|이메일 주소|البريد الإلكتروني|אימייל|דואר אלקטרוני|आदर्श ईमेल|ईमेल|อีเมล|địa chỉ email|alamat email|surel"
)
FIRST_NAME = (
    "first name|firstname|fname|first|given name|forename|subscriber first name|contact first name|person - first name"
    "|vorname|rufname|prénom|nombre|primer nombre|nombre de pila|voornaam|förnamn|fornavn|primeiro nome|imię|etunimi"
    "|nome proprio|jméno|křestní jméno|keresztnév|prenume|ad|isim"
    "|имя|ім'я|όνομα|名|名前（名）|이름|given-name|الاسم الأول"
)
LAST_NAME = (
    "last name|lastname|lname|last|surname|family name|contact last name|person - last name|nachname|familienname"
    "|zuname|nom de famille|nom|apellido|apellidos|cognome|achternaam|efternamn|etternavn|efternavn|sobrenome|apelido"
    "|nazwisko|sukunimi|příjmení|priezvisko|vezetéknév|nume de familie|soyad|soyadı|soyisim|фамилия|прізвище|επώνυμο|姓"
    "|성|اسم العائلة"
)
FULL_NAME = (
    "name|nome|full name|fullname|display name|contact name|subscriber name|customer name|buyer name|person - name"
    "|member name|vollständiger name|nom complet|nombre completo|nome completo|nome e cognome|naam|volledige naam|namn"
    "|navn|nimi|nom et prénom|imię i nazwisko|celé jméno|név|teljes név|nume complet|ad soyad"
    "|фио|полное имя|氏名|お名前"
    "|姓名|성명|الاسم"
)
LOCALE = (
    "locale|language|lang|preferred language|sprache|langue|idioma|lingua|taal|språk|sprog|język|kieli|jazyk|nyelv"
    "|limbă|dil|язык|мова|γλώσσα|言語|语言|언어"
)
COUNTRY = (
    "country|country code|countrycode|cc|country/region|land|ländercode|länderkürzel|pays|code pays|país|pais"
    "|código de país|paese|nazione|kraj|maa|země|ország|țară|ülke|страна|країна|χώρα|国|国家|국가|country - home"
)
TIME_ZONE = "time zone|timezone|tz|zeitzone|fuseau horaire|zona horaria|fuso orario|tijdzone|fuso horário|tidszon"

# What a word alone or in company says of a file's e-mail column.
EMAIL_COMPANY = (
    "contact customer subscriber subscribers client person people user users member buyer purchaser attendee guest"
    " donor lead recipient student billing account invitee participant registrant your my the primary main work home"
    " personal private business office default addr address adress adresse value id 1 string kunde kunden"
    " kontakt empfänger"
    " abonnent abonné cliente contacto destinatario contatto profile field column c s kontaktperson"
)
EMAIL_SPOILERS = (
    "alternate alternative secondary second third other backup cc bcc 2 3 owner sender from manager parent referrer"
    " referred invalid test support hash hashed md5 sha1 sha256 last next confirm opt optin optout in out no not dont"
    " unsubscribed bounced bounce valid verified receive receives receiving accepts accept wants want allow allows do"
    " send sent marketing by per via of to has is html number count total preferred consent permission status state"
    " open opens opened click clicks clicked date time type label domain reason campaign template subject format"
    " frequency preference preferences language blacklisted blocklisted disabled enabled suppressed subscribe"
    " subscribed subscription promotional newsletter on"
)

# Who has left, by what the header speaks of. Regular expressions over folded words.
OPT_OUT = (
    r"un ?subscri|unsubs?\b|\bopt(ed|s|ing)? ?outs?\b|\boptouts?\b|cleaned|clean (time|date)|excluded from campaigns"
    r"|do not (e ?)?mail|do not allow (bulk )?(e ?)?mails?|do not (send|contact|disturb|market)"
    r"|don t (e ?mail|contact)|\bdnc\b|\bdnd\b"
    r"|\bno (bulk )?(e ?)?mails?\b|do not bulk|block ?list|black ?list|\bblocked\b|suppress|\bbounced|hard ?bounce"
    r"|complain|spam (report|complaint)|(marked|reported)( e ?mail)?( as)? spam|quarantin|e ?mails? (is )?(invalid"
    r"|suspended|disabled|revoked)|invalid e ?mail|disabled e ?mails?|marketing suspended|deactivated"
    r"|stop (time|status|date)|removed (on|at)|left (on|at|list)"
    # German, Dutch
    r"|abgemeld|abmeld|abbestell|ausgetragen|austragung|werbesperre|werbeverbot|keine werbung|kein newsletter"
    r"|widerruf|widerspr|widersprochen|deaktiviert|gesperrt|sperrliste|afgemeld|afmeld|uitgeschreven|uitschrij"
    # French, Spanish, Portuguese, Italian, Romanian, Catalan
    r"|desinscri|desabonn|liste (noire|rouge)|opposition|stop pub|desuscri|des suscri|\bbajas?\b|cancelad[oa]|cancelou"
    r"|\bnpai\b|^plaintes?$|lista negra|no contactar|no enviar|bloquead[oa]|descadastr|desinscrit"
    r"|removid[oa]|remocao|disiscri|cancellat"
    r"|cancellazione|lista nera|non contattare|disdett|dezabon|donat de baixa"
    # Nordic, Polish, Czech, Slovak, Hungarian, Turkish
    r"|avregistr|avprenumer|avanmal|avmeld|afmeldt|frameld|reserverad|peruut|markkinointikielto|kielto|wypis|rezygnacj"
    r"|zrezygn|odhlas|leirat|abonelikten|abonelik iptal|iptal"
    # Russian, Ukrainian, Greek, Chinese, Japanese, Korean, Arabic, Hebrew, Vietnamese, Indonesian
    r"|отпис|отказ|відпис|διαγραφ|退订|退訂|取消订阅|黑名单|配信停止|配信解除|退会|購読解除"
    r"|수신거부|수신 거부|구독취소|구독 취소|해지"
    r"|إلغاء الاشتراك|הסרה|huy dang ky|berhenti berlangganan"
)
# Columns that speak of leaving and not of this person's having left: "Unsubscribe link", "Bounce count".
ABOUT_LEAVING = (
    r"\b(reasons?|cause|grund|motif|motivo|reden|campaign|kampagne|ip|urls?|links?|token|counts?|number|total"
    r"|rate|type|source"
    r"|method|via|ids?|page|comments?|notes?|message|text|keyword|title|by|list ids?|anzahl|quelle|nombre)\b"
)
# A hard bounce is a fact even where the column only tells why.
BOUNCED_BECAUSE = r"hard ?bounce(d)? reason|unsubscribed (channel|message type) ids"

CONSENT = (
    r"\bopt(ed|s)? ?in( status)?$|\boptin$|consents?\b(?! to track)|accepts (e ?mail )?marketing|accepts e ?mails?"
    r"|marketing permissions?|e ?mail permissions?$|permission to (e ?mail|contact|market)"
    r"|^(is )?subscribed$|newsletter subscriber$"
    r"|subscribed (to )?(e ?mails?|newsletters?|globally|marketing)|e ?mail subscribed|e ?mail subscription$"
    r"|e ?mail marketing$|^marketing (contact )?status$|marketing contact|^newsletters?$"
    r"|opt ?in (newsletters?|e ?mails?|marketing)\b|newsletter (subscription|abo"
    r"|opt|ja|abonniert|signup|sign up)|(receives?|wants?|gets?|allows?|allow|send|ok to) (e ?mails?|newsletters?"
    r"|marketing|updates)|receive (our )?(e ?mails?|newsletters?|marketing|updates)|(e ?mail )?mailable|marketable"
    r"|can (contact|e ?mail)|join mailing list|mailing list (opt|member|consent)|\bgdpr\b|\bdsgvo\b|\brgpd\b"
    r"|einwilligung|angemeldet$|zustimmung|werbeerlaubnis|consentement|accord e ?mail|\babonne$|inscrit$"
    r"|consentimiento|consentimento|suscrito$|acepta|aceita|consenso|iscritto$|toestemming|ingeschreven$|samtycke"
    r"|samtykke|suostumus|markkinointilupa|\bzgoda\b|souhlas|suhlas|hozzajarulas|consimtamant|\bonay\b|\bizin\b"
    r"|соглас|згода|συγκαταθεση|同意|订阅$|購読$|수신동의|수신 동의|동의|الموافقة"
)
# Columns that tell when, how or why, and say nothing about yes or no: "Email Marketing Consent Timestamp".
CIRCUMSTANCE = (
    r"\b(time|timestamp|date|at|on|ip|source|method|campaign|reasons?|datum|am|le|fecha|data|zeitpunkt|quelle|text"
    r"|wording|version|url|country|form|track|tracking|lawful|legal|basis|id|ids|expires|expiry|updated"
    r"|created|language"
    r"|level)\b"
)
# A yes that somebody gave twice. Its absence is nobody's no.
CONFIRMED = (
    r"double ?opt ?in$|\bdoi$|^(is )?(e ?mail )?(confirmed|verified|validated|activated)$|^(e ?mail )?bestatigt$"
    r"|^aktiviert$|^confirme$|^confirmado$|^confermato$|^bevestigd$|^optin confirmed$|^opt in confirmed$"
)
STATUS = (
    r"^(status|state|etat|statut|estado|stato|stav|stan|tila|статус|ステータス|状态|狀態|상태|κατασταση|durum|allapot"
    r"|stare|الحالة)$"
    r"|\b(subscription|subscriber|subscribe|e ?mail|member|membership|contact|list|mailing|marketing"
    r"|consent|permission|opt in"
    r"|newsletter|global|unsubscribe|bounce|deliverability|kontakt|abo|empfanger|empfaenger|inscription|abonnement"
    r"|suscripcion|iscrizione|inschrijvings?|anmelde|versand)[ ]?(status|state|statut|estado|stato)\b"
    r"|\b(status|statut|estado|stato) (global|abo|abonnement|inscription|suscripcion|iscrizione"
    r"|of (e ?mail|subscription)"
    r"|in list|de la suscripcion|de l abonnement|da inscricao)\b|^e ?mail subscribe$|^stop status$"
    r"|購読ステータス|配信ステータス|購読状態|配信状態|订阅状态|訂閱狀態|구독 ?상태|수신 ?상태"
)
# What a person did where they come from: columns of one date, or of stars.
ENGAGED = (
    r"^(date of )?(last|latest|most recent) (e ?mail |marketing e ?mail |campaign |unique )*"
    r"(open|opened|click|clicked|engaged|engagement)( date| time| at| on| timestamp| date time)?$"
    r"|^last (marketing )?e ?mail (open|click|opened|clicked)( date| time| at)?$"
    r"|^(zuletzt|letztes?) (geoffnet|geklickt)( am)?$|^letzte[rs]? (offnung|klick)( am)?$"
    r"|^(date (de |du )?)?(derniere|dernier) (ouverture|clic)$"
    r"|^(fecha de )?(la )?(ultima|ultimo) (apertura|clic)$|^(data )?(ultima|ultimo) (apertura|clic)$"
)
RATING = r"^(member|contact|subscriber|e ?mail) ?rating$"
BOUGHT_OR_ASKED = (
    r"^(date of )?(the )?(last|latest|most recent) (order|purchase|inquiry|enquiry)"
    r"( date| time| at| on| placed| created)?$"
    r"|^last (ordered|purchased|bought|inquired)( date| at| on)?$|^(purchase|inquiry|enquiry) date$|^purchased (at|on)$"
    r"|^(datum )?(der )?letzte[rn]? (bestellung|kauf|anfrage)( am)?$|^(kauf|anfrage)datum$"
    r"|^zuletzt (gekauft|bestellt)( am)?$"
    r"|^(date (de (la )?|du )?)?(derniere commande|dernier achat|derniere demande)$|^date d achat$"
    r"|^(fecha (de (la )?|del )?)?(ultima compra|ultimo pedido|ultima consulta)$|^fecha de compra$"
    r"|^(data (dell )?)?(ultimo acquisto|ultimo ordine|ultima richiesta)$|^data (di )?acquisto$"
)
# "Cancelled at" is somebody's leaving, or an order's end beside these.
CANCELLED = r"^(cancel+ed|cancellation)( at| on| date| time)?$"
SALES = (
    r"\b(orders?|invoice|financial|fulfil+ment|line ?item|quantity|price|subtotal|shipping|tickets?"
    r"|attendee|product|item"
    r"|payment|charge|amount|plan|bestellung|commande|pedido|ordine)\b"
)
# How forms ask for what they want to know.
QUESTION = (
    r"^(what is|what s|please (enter|type|leave|provide|give us)|enter|wie (lautet|ist)|bitte|quelle est"
    r"|indiquez|cual es"
    r"|escribe|qual e|inserisci) (us )?(your|deine|ihre|votre|ton|tu|su|la tua|il tuo|the)? ?"
)
# Another way to reach a person: a no on it is none to mail.
OTHER_CHANNELS = (
    r"\b(sms|mms|rcs|whats ?app|phone|telefon|telephone|mobile|cell|text messages?|push|viber|line|fax|call|calls"
    r"|direct mail|postal|post|letter|messenger|telegram|telefono|handy|print)\b"
)
# "State" is a place beside these.
PLACES = (
    r"\b(city|town|zip|postal|postcode|plz|ort|stadt|street|strasse|address line|address 1|region|ciudad|citta|cidade"
    r"|ville|cap)\b"
)
