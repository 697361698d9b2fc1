"""What is there from the first day: guidelines against sending a customer elsewhere, blame, contempt and selling."""

from datetime import UTC, datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CALL = "=call/=phone/=ring/=telephone/=dial"
WRITE = "=write/=email/=mail/=message/=text/=send/=resend/=forward/=direct/=submit/=address"
TURN = "=contact/=reach/=turn/=speak/=talk/=approach"
ASK_EN = f"{CALL}/{WRITE}/{TURN}/=try/=use/=visit/=open/=create/=raise/=post/=fill/=get"
BODY = "department/team/desk/centre/center/office/branch/store/shop/dealer/seller/vendor/manufacturer/courier/carrier/bank/warehouse/provider/landlord/insurer"
SERVICE = "hotline/helpline/line/support/service/services/operator/switchboard/reception"
MESSENGER = "whatsapp/telegram/viber/skype/instagram/vk"
WE = "i/we/he/she/they/it/colleague/colleagues/courier/driver/technician/manager"

ELSEWHERE_EN = (
    "=submit/=open/=create/=raise/=leave/=file ... =via/=through/=on ... website/portal/site/app/form",
    f"between you and ... {BODY}",
    f"call to our/the {SERVICE}/{BODY}",
    f"call to our/the ... {SERVICE}/{BODY}",
    "=ping/=pinging/=dm us/them",
    f"=ping/=pinging ... {BODY}",
    "through/via/at our/the help/support/service centre/center/desk/portal/website",
    "inbox/address/chat is/are not monitored/read",
    "=log/=sign in ... portal/account/website ... =open/=submit/=create",
    "=find our number/telephone/address/email",
    "take this/it/that to your/our/the",
    "not the (right) place/channel for",
    "unable/not (to) =help/=assist (you) here/on/over/via/by/through",
    f"{CALL} us/me/them/him",
    f"{CALL}/=calling/=phoning/=ringing ... {SERVICE}/{BODY}/number/{{phone}}",
    "=give ... us/me/them/hotline/helpline/line/support ... call/ring/buzz/shout",
    f"{TURN} ... {SERVICE}/{BODY}/{{phone}}/{{email}}/phone/telephone/email/mail/form/website/{MESSENGER}",
    f"{TURN} another/others/somebody/someone/directly",
    f"{WRITE} ... {{email}}",
    f"{WRITE} ... =to/=by/=via/=through/=at/=on/=in ... email/mail/mailbox/address/website/portal/form/{MESSENGER}",
    f"{WRITE} ... {BODY}/{SERVICE}",
    f"{WRITE} ... =to ... {BODY}/{SERVICE}",
    "=email/=mail us/me/them/our/the",
    "=send/=drop/=write us/me/them ... email/mail/letter/fax",
    "=send ... =letter/=fax ... office",
    f"{WRITE} ... {MESSENGER}",
    "get/keep in touch with",
    "reach out to",
    f"=raise/=take/=clarify/=discuss/=check/=settle ... with ... {SERVICE}/{BODY}/company",
    "=fill in/out ... form/website",
    "=fill ... form ... website",
    "=use/=visit/=see ... form/chat/website/portal/app/forum/site",
    "=submit/=open/=create/=raise/=leave/=file ... ticket/request/claim/case ... website/portal/site/app",
    "=submit/=open/=create/=raise/=file ... =ticket",
    "=post/=ask ... forum/community/website",
    f"=go/=come/=visit/=drop ... {BODY}",
    "=reach us ... by/via/on/through/at ... phone/telephone/email/mail",
    "=by/=over phone/telephone only",
)
ELSEWHERE_EN_PASSES = (
    f"{WE} (will/shall/can/could/may/would/must/should/did/have) (not/also/gladly/then/already/now) (like) (to) {ASK_EN}",
    f"shall/may/can/could/should i/we {ASK_EN}",
    f"not (have/need/want) (to) {ASK_EN}",
    f"no need ... {ASK_EN}",
    f"no/without (longer) (have/having/need) (to) {ASK_EN}",
    f"=had/=having to {ASK_EN}",
    f"if/when/before/after/once/whether you (should) {ASK_EN}",
    f"{ASK_EN} ... here",
    f"{ASK_EN} ... =to/=in/=on/=under this email/mail/message/thread/chat",
    "the/your/my/our/last/his/her =call/=text/=contact/=phone",
    "your/my/last/his/her =email/=mail/=message/=address",
    "=phone/=telephone/=call number/numbers/button/charger/case",
    "your email/mail/phone/number/address",
)

CALL_RU = "=позвоните/=звоните/=перезвоните/=позвони/=звони/=дозвонитесь/=наберите"
TO_CALL = "=позвонить/=звонить/=перезвонить/=дозвониться/=набрать"
WRITE_RU = "=напишите/=пишите/=отпишите/=отправьте/=отправляйте/=пришлите/=присылайте/=направьте/=направляйте/=скиньте/=вышлите/=высылайте/=продублируйте/=перешлите/=напиши/=пиши"
TO_WRITE = "=написать/=писать/=отправить/=отправлять/=прислать/=присылать/=направить/=направлять/=скинуть/=выслать/=продублировать/=переслать"
TURN_RU = "=обратитесь/=обращайтесь/=свяжитесь/=связывайтесь/=обратись/=свяжись"
TO_TURN = "=обратиться/=обращаться/=связаться/=связываться"
ASK_RU = "=уточните/=узнайте/=спросите/=задайте/=уточняйте/=спрашивайте/=решайте"
TO_ASK = "=уточнить/=узнать/=спросить/=задать/=уточнять"
GO_RU = "=сходите/=съездите/=подойдите/=приходите/=приезжайте/=подъезжайте/=зайдите/=заезжайте/=посетите/=подъедьте/=езжайте"
TO_GO = "=подойти/=подъехать/=прийти/=приехать/=зайти/=заехать/=посетить"
MAKE_RU = "=создайте/=заполните/=оформите/=оставьте/=заведите/=воспользуйтесь/=подайте/=создать/=заполнить/=оставить/=завести/=подать/=воспользоваться"
BODY_RU = "отдел/отделение/банк/магазин/офис/продавец/производитель/поставщик/курьер/курьерский/доставка/склад/сервисный/центр/бухгалтерия/салон/филиал/дилер/страховой/представительство/ресепшен"
SERVICE_RU = "горячий/линия/коллцентр/колцентр/контактцентр/поддержка/техподдержка/служба/оператор/номер/{phone}"
MAIL_RU = (
    "=почту/=почте/=почтой/=почты/=почтовый/=почтовому/email/еmail/мейл/мэйл/имейл/мыло/электронный/электронка/{email}"
)
MESSENGER_RU = "whatsapp/telegram/viber/ватсап/вотсап/вацап/телеграм/телеграмм/вайбер/мессенджер/вконтакте/скайп/чат/сайт/форум/форма/портал/приложение/кабинет"
SAY_RU = f"{CALL_RU}/{WRITE_RU}/{TURN_RU}/{ASK_RU}/{GO_RU}"
TO_SAY = f"{TO_CALL}/{TO_WRITE}/{TO_TURN}/{TO_ASK}/{TO_GO}"

ELSEWHERE_RU = (
    f"=поговорите/=решайте/=разбирайтесь/=договаривайтесь/=выясняйте ... =с/=со/=у ... {BODY_RU}",
    "=в справочную",
    "отдельный почта/телефон/линия/адрес",
    "=туда ... =пишите/=напишите/=звоните/=обращайтесь",
    "звонок к нам",
    "это (вам) =в/=к/=на доставку/бухгалтерия/отдел/банк/магазин/склад/поддержка/продавец/производитель",
    "=вам =в/=на/=к доставку/отдел/бухгалтерия/банк/магазин/склад/поддержка",
    "=позвоните/=звоните/=перезвоните/=дозвонитесь/=наберите",
    f"{TO_CALL} нам/мне/им",
    f"{TO_CALL} ... {SERVICE_RU}/{BODY_RU}/телефон",
    f"{WRITE_RU}/{TO_WRITE} ... {{email}}",
    f"{WRITE_RU}/{TO_WRITE} ... =на/=в/=через/=по ... {MAIL_RU}/{MESSENGER_RU}",
    f"{WRITE_RU}/{TO_WRITE} ... =на ... адрес",
    f"{WRITE_RU}/{TO_WRITE} =почтой",
    f"{WRITE_RU}/{TO_WRITE} ... =в/=на ... {SERVICE_RU}/{BODY_RU}",
    f"{WRITE_RU}/{TO_WRITE} им/ему/туда",
    f"{TURN_RU}/{TO_TURN} ... {SERVICE_RU}/{BODY_RU}/телефон/{MAIL_RU}/{MESSENGER_RU}",
    f"{TURN_RU}/{TO_TURN} ... =напрямую/=самостоятельно/=сами/=туда",
    f"{TURN_RU}/{TO_TURN} ... =в/=к/=на другой/другому/ваш/свой",
    f"{ASK_RU}/{TO_ASK} ... =по/=на/=в/=у ... телефон/{SERVICE_RU}/{BODY_RU}/{MESSENGER_RU}",
    f"{GO_RU}/{TO_GO} ... {BODY_RU}",
    f"{MAKE_RU} ... сайт/форма/портал/приложение/кабинет/форум/обратный",
    f"=по телефон/номер/{{phone}} ... {TURN_RU}/{TO_TURN}/{CALL_RU}/{ASK_RU}",
    f"=на ... {MAIL_RU} ... {WRITE_RU}",
    f"=на/=в/=к ... {SERVICE_RU}/{BODY_RU} ... {TURN_RU}/{WRITE_RU}/{ASK_RU}",
)
ELSEWHERE_RU_PASSES = (
    f"не {SAY_RU}/{TO_SAY}",
    f"не нужно/надо/придется/обязательно/требуется/стоит/следует/пришлось ... {TO_SAY}",
    f"{TO_SAY} ... не нужно/надо/придется/обязательно/требуется/стоит/следует",
    f"без необходимости {TO_SAY}",
    f"никуда/никому {TO_SAY}",
    f"пришлось ... {TO_SAY}",
    f"если/когда/прежде (вы) (нам) {CALL_RU}/{WRITE_RU}/{TURN_RU}",
    "вы =звоните",
    f"=могу/=можем/=смогу/=сможем/=смог/=смогла/=смогли/=готов/=готова/=готовы/=хочу/=хотим/=буду/=будем/=попробую/=попробуем/=постараюсь/=постараемся/=планирую/=обещаю/=успел/=успела ... {TO_SAY}",
    f"можно ... вам {TO_SAY}",
    f"{TO_SAY} (с) =вам/=вами/=вас",
    f"=вам/=вами/=вас {TO_SAY} =ли",
    f"=с =вами {TO_SAY}",
    f"{SAY_RU}/{TO_SAY} ... =сюда/=здесь/=тут",
    f"{SAY_RU}/{TO_SAY} ... это/этот/этом =письмо/=чат/=чате/=переписке/=сообщение",
    f"{WRITE_RU}/{TO_WRITE} ... ваш =почту/=почте/адрес/телефон/номер",
)

BLAME_EN = (
    "it was you who ... wrong",
    "because of you",
    "your fault because",
    "had you read/followed/checked/looked/listened",
    "you (did) =click/=clicked/=press/=pressed/=chose/=choose/=select/=selected the wrong",
    "your (own) fault/mistake/error/carelessness/negligence/inattention",
    "your own problem/doing",
    "you are/were/be (only/yourself) (to) =blame",
    "yourself to blame",
    "you should have",
    "you ought to have",
    "you broke/damaged/ruined/lost/dropped/spoilt ... yourself",
    "you (obviously/clearly/simply/just/apparently) (did/have/do) not read/follow/check/listen/look/bother",
    "when you (do) not read",
    "you failed/forgot/neglected to",
    "you (have) entered/gave/typed/chose/ordered ... wrong",
    "problem ... on your side",
    "because you (did) not",
    "you must have ... wrong/wrongly",
)
BLAME_EN_PASSES = (
    "not ... your (own) fault/mistake/error",
    "no/without fault/mistake/error",
    "not ... blame",
    "nor ... your fault/mistake/error",
)
BLAME_RU = (
    "=это (же) =вы ... ошиблись/перепутали/забыли/опоздали/нажали",
    "=из-за =вас",
    "=вы =не выполнили/сделали/следовали ... шаги/инструкцию/указания",
    "=если =бы =вы ... прочли/прочитали/читали/проверили/посмотрели/слушали",
    "не =туда =смотрите",
    "сами ... виноват",
    "вы виноват",
    "ваш (собственный) вина/ошибка/невнимательность/неосторожность/небрежность/упущение/халатность",
    "=ваши =проблемы",
    "=ваша =проблема",
    "=вы ... сами сломали/уронили/испортили/разбили/указали/выбрали/потеряли/повредили/нажали",
    "=надо/=нужно/=следовало =было ... читать/прочитать/внимательный/проверять/проверить/смотреть/посмотреть/думать/подумать",
    "=следовало ... читать/прочитать/внимательный/проверять/проверить/смотреть/посмотреть/думать/подумать",
    "=вы ... невнимательно/неправильно/небрежно",
    "не удосужились/потрудились/соизволили",
    "=вы ... указали/ввели/написали/дали/выбрали ... неверный/неправильный/ошибочный/другой/чужой",
    "=вы не (стали) читать/прочитали/проверили/посмотрели",
)
BLAME_RU_PASSES = (
    "не ... виноват",
    "не ваш",
    "нет ... ваш",
    "=нам/=мне =надо/=нужно/=следовало",
    "=надо/=нужно/=следовало =было =нам/=мне",
)

CONTEMPT_EN = (
    "i/we already told/explained/said ... you",
    "read my message/email/answer",
    "not rocket science",
    "more important customers/clients/things/work",
    "wasting my/our time",
    "=cancel your contract/account/subscription =then",
    "stupid/silly/dumb/idiotic/ridiculous/foolish question/request/idea/complaint",
    "=calm (yourself) down",
    "stop =bothering/=wasting/=complaining/=whining/=pestering/=shouting/=writing",
    "not our/my problem/business/concern/headache/job",
    "i/we (really/simply) (do) not care/=give",
    "any/every/even (a) child/idiot/fool",
    "as i/we (have) told/said/explained/wrote (you) twice/before/already",
    "as i/we (have) (already/just/repeatedly) told/explained you",
    "as i/we (have) already/repeatedly told/said/explained/wrote",
    "=go somewhere/elsewhere",
    "not be ridiculous/silly/hysterical/stupid/childish/dramatic",
    "nobody else has/have/complains/complained",
    "shut up",
    "learn to read",
    "=use your head/brain",
    "how many times",
    "read ... again ... carefully",
)
CONTEMPT_EN_PASSES = (
    "should/will/to/can/may/would calm",
    "not ... stupid/silly/dumb/foolish question",
)
CONTEMPT_RU = (
    "=я/=мы =уже ... =вам ... объяснил/объяснила/объяснили/говорил/говорила/говорили",
    "хотели =за =такие",
    "=что ... =непонятного",
    "некогда ... =вами/=вам/=вас",
    "=вы =у =нас =не =один/=одна/=одни/=единственный/=единственная",
    "=я/=мы =же ... объяснял/объясняли/объясняла/говорил/говорила/говорили/сказал/сказала/сказали/писал/писала/писали",
    "=повторяю",
    "=успокойтесь/=успокойся",
    "=не =нервничайте/=истерите/=кричите/=орите",
    "истерика",
    "глупый/дурацкий/идиотский/тупой/нелепый вопрос/просьба/претензия",
    "=нас/=меня (это) =не касается",
    "=не =наша/=наши/=моя/=мои =проблема/=проблемы/=забота/=дело",
    "=идите/=уходите/=обращайтесь ... конкурент",
    "=и/=даже =ребенку/=дураку",
    "=хватит/=прекратите/=перестаньте ... писать/звонить/жаловаться/ныть/беспокоить",
    "научитесь читать",
    "=не =морочьте",
    "русский =языком",
    "=сколько =можно/=раз",
    "=читайте/=прочитайте/=перечитайте внимательный",
)
CONTEMPT_RU_PASSES = ("не ... глупый вопрос",)

SELLING_EN = (
    "you could/can/may (also) =get =our/=a",
    "plan/tariff/package would suit you",
    "thought about adding/buying/upgrading/getting/switching",
    "you considered adding/buying/upgrading/getting/switching",
    "we (currently/now/also) have ... discount/sale/promotion",
    "we currently/now have ... off",
    "special/exclusive/great/limited/unique offer/deal",
    "why not =upgrade/=try/=buy/=order/=switch/=get",
    "could/can/may/might/should (also/always/even) =buy/=purchase/=upgrade",
    "recommend/suggest/advise ... =buy/=purchase/=upgrade/=switch/=order",
    "may/can/could i/we (also) =offer/=interest/=recommend",
    "take advantage of",
    "not miss/forget ... sale/offer/discount/deal",
    "you want/like to =switch/=upgrade/=buy/=order/=purchase",
    "=look at our",
    "=buy/=order/=purchase ... discount/extended/second/another",
    "at a (special) discount",
    "interested in our",
    "only today",
    "=upgrade to our/the/a",
    "=check/=try/=discover out our",
    "=try/=discover our",
)
SELLING_EN_PASSES = ("if you (would) want/like to", "not (have/need) to =buy/=purchase/=order/=upgrade")
SELLING_RU = (
    "=всего =за ... рубль/рублей/евро/доллар",
    "=вам =будет интересен/интересный",
    "обязательно =возьмите/=попробуйте/=закажите/=купите",
    "=советую/=советуем/=рекомендую/=рекомендуем взять/попробовать/присмотреться",
    "=подумайте ... тариф/подписка/страховка/гарантия",
    "=обратите внимание ... новинка/акция/скидка/предложение",
    "=посмотрите/=взгляните =наши/=наш/=нашу/=новые",
    "=у =нас =есть отличный/выгодный",
    "=хотите/=желаете ... подключить/купить/приобрести/оформить/заказать/попробовать/перейти",
    "=рекомендуем/=рекомендую/=советуем/=советую/=предлагаем/=предлагаю ... приобрести/купить/перейти/оформить/подключить/заказать/обновить",
    "=у =нас ... акция/скидка/распродажа",
    "специальный/выгодный/уникальный/эксклюзивный предложение/цена/условие",
    "=воспользуйтесь ... предложение/скидка/акция/возможность",
    "=могу/=можем ... предложить ... страховка/гарантия/тариф/пакет/подписка/набор/услуга/скидка/карта/кредит",
    "=купите/=приобретите/=докупите/=закажите",
    "=подключите/=оформите ... тариф/подписка/страховка/пакет/карта/кредит/услуга",
    "=для =вас ... скидка/акция/предложение",
    "=только =сегодня",
    "=не =упустите/=пропустите",
    "=успейте",
)
SELLING_RU_PASSES = ("=если ... =хотите", "=не =хотите =ли")

VAGUE_EN = ("as soon as possible", "at your earliest convenience", "in due course", "in the near future")
VAGUE_RU = ("в ближайшее время", "в кратчайшие сроки", "в скором времени", "по мере возможности")

# Kind, names, phrases, what passes, reasons, better wordings; each in English and in Russian.
STARTER = (
    (
        "block",
        ("Sending him elsewhere", "Отправить в\N{NO-BREAK SPACE}другое место"),
        (*ELSEWHERE_EN, *ELSEWHERE_RU),
        (*ELSEWHERE_EN_PASSES, *ELSEWHERE_RU_PASSES),
        (
            "He has already written to us. Do not send him elsewhere.",
            "Клиент уже написал нам. Не\N{NO-BREAK SPACE}отправляйте его в\N{NO-BREAK SPACE}другое место.",
        ),
        (
            "I pass this on myself and answer you here.",
            "Я\N{NO-BREAK SPACE}сам передам это и\N{NO-BREAK SPACE}отвечу вам здесь.",
        ),
    ),
    (
        "warn",
        ("Blame", "Обвинение"),
        (*BLAME_EN, *BLAME_RU),
        (*BLAME_EN_PASSES, *BLAME_RU_PASSES),
        (
            "Who is to blame helps nobody. Say what we do now.",
            "Кто виноват, никому не\N{NO-BREAK SPACE}поможет. Скажите, что мы\N{NO-BREAK SPACE}сделаем.",
        ),
        (
            "Let us put this right; here is what I do now.",
            "Давайте это исправим; вот что я\N{NO-BREAK SPACE}сделаю.",
        ),
    ),
    (
        "block",
        ("Contempt", "Высокомерие"),
        (*CONTEMPT_EN, *CONTEMPT_RU),
        (*CONTEMPT_EN_PASSES, *CONTEMPT_RU_PASSES),
        (
            "Nobody is spoken to like that, whatever he wrote.",
            "Так не\N{NO-BREAK SPACE}говорят ни\N{NO-BREAK SPACE}с\N{NO-BREAK SPACE}кем, что\N{NO-BREAK SPACE}бы он ни\N{NO-BREAK SPACE}написал.",
        ),
        (
            "I see that this is unpleasant, and I look after it.",
            "Понимаю, что это неприятно, и\N{NO-BREAK SPACE}займусь этим.",
        ),
    ),
    (
        "warn",
        ("Selling", "Продажа"),
        (*SELLING_EN, *SELLING_RU),
        (*SELLING_EN_PASSES, *SELLING_RU_PASSES),
        (
            "He came for help. Sell nothing now, unless he asked.",
            "Он пришёл за помощью. Не\N{NO-BREAK SPACE}продавайте, если он\N{NO-BREAK SPACE}об\N{NO-BREAK SPACE}этом не\N{NO-BREAK SPACE}спрашивал.",
        ),
        ("", ""),
    ),
    (
        "prefer",
        ("A time that nobody can keep", "Срок, которого никто не\N{NO-BREAK SPACE}знает"),
        (*VAGUE_EN, *VAGUE_RU),
        (),
        ("Say a time: he plans his day by it.", "Назовите время: клиент по\N{NO-BREAK SPACE}нему живёт."),
        ("by 18:00 today", "сегодня до\N{NO-BREAK SPACE}18:00"),
    ),
)


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guideline = apps.get_model("inbox", "Guideline")
    version = apps.get_model("inbox", "GuidelineVersion")
    now = datetime.now(UTC)
    for kind, names, phrases, passes, reasons, better in STARTER:
        version.objects.create(
            guideline=guideline.objects.create(),
            number=1,
            at=now,
            kind=kind,
            name=names[0],
            name_ru=names[1],
            phrases=list(phrases),
            passes=list(passes),
            reason=reasons[0],
            reason_ru=reasons[1],
            better=better[0],
            better_ru=better[1],
        )


class Migration(migrations.Migration):
    dependencies = [("inbox", "0010_guidelines")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
