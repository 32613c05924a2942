"""The words around an address, in folded letters: kinds of street, houses, entrances, and what only looks like one."""

import re

from komek import letters

SHORTENED = (
    (re.compile(r"\bк[-.]с[иы]\b\.?"), " кошеси "),
    (re.compile(r"\bд[-.]лы\b|\bданг\b"), " дангылы "),
    (re.compile(r"\bпр[-.]?к?т\b"), " проспект "),
    (re.compile(r"\bб[-.]р\b"), " бульвар "),
    (re.compile(r"\b(?:м[-/]н|[шмы]/а)\b"), " микрорайон "),
)

# Written before the name in Russian and English, behind it in Kazakh; lanes are named apart because people always say them.
LANES = frozenset("переулок переулке переулка пер тупик тупике проезд проезде туйык переулогы".split())  # noqa: SIM905 - reads as prose
ENGLISH_TYPES = "street str st avenue ave lane road boulevard blvd prospect microdistrict highway"
TYPES = LANES | frozenset(
    "улица улице улицы улицу улицей ул проспект проспекте проспекта проспекту проспектиси просп пр "
    "шоссе бульвар бульваре бульвара бульвары микрорайон микрорайоне микрорайона микрорайоны мкр мкрн мкрд "
    "коше кошеси кошесинде кошесиндеги кошесинин кошесинен даныл дангыл дангылы дангылында дангылындагы дангылынын "
    f"ыкшамаудан ыкшамауданы ыкшамауданында аллея аллеясы трасса трассасы {letters.from_latin(ENGLISH_TYPES)}".split()
)

HOUSE_WORDS = frozenset(
    "дом дома доме дому домом д уй уйи уйде уйдин уйинде уйинин уйдеги хоусе здание здания здании номер".split()  # noqa: SIM905
)
ENTRANCE = r"кв|квартир\w*|кварт|пат|патер\w*|подъезд\w*|подьезд\w*|под|этаж\w*|кабат\w*|кириберис\w*|офис\w*|блок\w*|домофон\w*|flat|apt|ап"
# What has a number and is no house: buses, schools, clinics.
NUMBERED = (
    r"автобус\w*|маршрут\w*|бус|роуте|багыт\w*|мектеп\w*|школ\w*|сынып\w*|класс\w*|садик\w*|балабакша\w*|емхана\w*"
    r"|поликлиник\w*|больниц\w*|аурухана\w*"
)
APART = (
    re.compile(rf"\b(?:{ENTRANCE})\b\s*[.:№#-]*\s*\d+\w?"),
    re.compile(rf"(?<![/\d])\d+\s*-?\s*(?:й|м|ом|го|ши|шы|инши|ший|ы|и)?\s*-?\s*(?:{ENTRANCE})\b"),
    re.compile(rf"\b(?:{NUMBERED})\s*[.:№#-]*\s*\d+|(?<![/\d])\d+\s*-?\s*(?:{NUMBERED})\b"),
    re.compile(r"\b\d{1,2}:\d{2}\b|\+?\d[\d\s()-]{8,}\d"),
    re.compile(
        r"\b\d+\s*-?\s*(?:й|ый|я|е|ые|ши|шы)?\s*(?:минут\w*|мин|час\w*|сагат\w*|дн\w*|ден\w*|сут\w*|кун\w*|недел\w*"
        r"|апта\w*|месяц\w*|раз|рет|адам\w*|человек\w*|метр\w*|тенге)\b"
    ),
)
CORPUS = re.compile(r"(\d+)\s*(?:,\s*)?(?:корпус|корп|кор|к)\.?\s*(\d+)\b")
# «в районе Абая 5» means near it, so only the other cases name a district before its name.
DISTRICT = (re.compile(r"\bрайона?\s+([а-я]{3,})"), re.compile(r"\b([а-я]{3,})\s+(?:аудан\w*|район\w*|дистр\w*)"))
CROSSING = re.compile(r"пересечен|перекрест|\bугол|\bуглу|киылыс|бурыш|\bкрест|цросс|цорнер")
TOKEN = re.compile(r"[еаств]\d+(?:/\d+)?|\d+(?:\s*/\s*\d+)?(?:[а-я](?![а-я]))?|[а-я]+|,")
CODED = re.compile(r"\b([еасвт])\s*[-–]?\s*(\d{1,4}(?:/\d+)?)\b")
ORDINAL = re.compile(r"\b(\d+)\s*-\s*(?:й|я|е|ая|ый|ой|ши|шы|инши|ынши|ншы)\b")
NUMBER = re.compile(r"\d+(?:/\d+)?[а-я]?")
SUFFIXES = frozenset("абгджз")
# A number that begins a name («8 Марта», «70 лет Октября») is not a house.
NAMED_NUMBER = frozenset("лет марта мая микрорайон мкр мкрн мкрд улица коше кошеси переулок жыл".split())  # noqa: SIM905

STOP_WORDS = frozenset(
    "в во на по у от до за под над при из к ко с со и а но не нет без это что как уже где там тут мы я вы он она "  # noqa: SIM905
    "возле около рядом напротив между район районе района ауданы ауданында ауданынын кала каласы город города городе "
    "двор дворе двора аула аулада ауласы ауласында пересечение пересечении перекресток перекрестке угол углу киылысы киылысында "
    "жок бар мен пен бен жанында маны манында касында карсы тусында астана астане "
    "третий второй день дня неделю сутки жк многоэтажка течет крыша прорвало прорыв света свет воды вода суык ыстык су жылу "
    "жарык лифт истемейди горячей холодной газа запах канализации свалка шум стройки яма светофор работает".split()
)
CASES = re.compile(r"(?:нын|нин|дын|дин|тын|тин|дагы|деги|тагы|теги|дан|ден|тан|тен|да|де|та|те|га|ге|ка|ке)$")
