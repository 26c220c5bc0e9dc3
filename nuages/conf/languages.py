"""The languages that settings.LANGUAGES offers by default.

One line a language: code, English name, the language's own name; an arrow marks those written from right to
left. The names follow Unicode CLDR.
"""

from __future__ import annotations

_TABLE = """
af | Afrikaans | Afrikaans
ar | Arabic | العربيّة | ←
ar-dz | Algerian Arabic | العربية الجزائرية | ←
ast | Asturian | asturianu
az | Azerbaijani | Azərbaycanca
be | Belarusian | беларуская
bg | Bulgarian | български
bn | Bengali | বাংলা
br | Breton | brezhoneg
bs | Bosnian | bosanski
ca | Catalan | català
ckb | Central Kurdish (Sorani) | کوردی | ←
cs | Czech | česky
cy | Welsh | Cymraeg
da | Danish | dansk
de | German | Deutsch
dsb | Lower Sorbian | dolnoserbski
el | Greek | Ελληνικά
en | English | English
en-au | Australian English | Australian English
en-gb | British English | British English
eo | Esperanto | Esperanto
es | Spanish | español
es-ar | Argentinian Spanish | español de Argentina
es-co | Colombian Spanish | español de Colombia
es-mx | Mexican Spanish | español de Mexico
es-ni | Nicaraguan Spanish | español de Nicaragua
es-ve | Venezuelan Spanish | español de Venezuela
et | Estonian | eesti
eu | Basque | Basque
fa | Persian | فارسی | ←
fi | Finnish | suomi
fr | French | français
fy | Frisian | frysk
ga | Irish | Gaeilge
gd | Scottish Gaelic | Gàidhlig
gl | Galician | galego
he | Hebrew | עברית | ←
hi | Hindi | हिंदी
hr | Croatian | Hrvatski
hsb | Upper Sorbian | hornjoserbsce
ht | Haitian Creole | Kreyòl Ayisyen
hu | Hungarian | Magyar
hy | Armenian | հայերեն
ia | Interlingua | Interlingua
id | Indonesian | Bahasa Indonesia
ig | Igbo | Asụsụ Ìgbò
io | Ido | ido
is | Icelandic | Íslenska
it | Italian | italiano
ja | Japanese | 日本語
ka | Georgian | ქართული
kab | Kabyle | taqbaylit
kk | Kazakh | Қазақ
km | Khmer | Khmer
kn | Kannada | ಕನ್ನಡ
ko | Korean | 한국어
ky | Kyrgyz | Кыргызча
lb | Luxembourgish | Lëtzebuergesch
lt | Lithuanian | Lietuviškai
lv | Latvian | latviešu
mk | Macedonian | македонски
ml | Malayalam | മലയാളം
mn | Mongolian | Монгол
mr | Marathi | मराठी
ms | Malay | Bahasa Melayu
my | Burmese | မြန်မာဘာသာ
nb | Norwegian Bokmål | norsk (bokmål)
ne | Nepali | नेपाली
nl | Dutch | Nederlands
nn | Norwegian Nynorsk | norsk (nynorsk)
no | Norwegian | norsk
os | Ossetic | Ирон
pa | Punjabi | ਪੰਜਾਬੀ
pl | Polish | polski
pt | Portuguese | Português
pt-br | Brazilian Portuguese | Português Brasileiro
ro | Romanian | Română
ru | Russian | Русский
sk | Slovak | slovensky
sl | Slovenian | Slovenščina
sq | Albanian | shqip
sr | Serbian | српски
sr-latn | Serbian Latin | srpski (latinica)
sv | Swedish | svenska
sw | Swahili | Kiswahili
ta | Tamil | தமிழ்
te | Telugu | తెలుగు
tg | Tajik | тоҷикӣ
th | Thai | ภาษาไทย
tk | Turkmen | Türkmençe
tr | Turkish | Türkçe
tt | Tatar | Татарча
udm | Udmurt | Удмурт
ug | Uyghur | ئۇيغۇرچە | ←
uk | Ukrainian | Українська
ur | Urdu | اردو | ←
uz | Uzbek | oʻzbek tili
vi | Vietnamese | Tiếng Việt
zh-hans | Simplified Chinese | 简体中文
zh-hant | Traditional Chinese | 繁體中文
"""

# Codes that say the same language or variety as another one; `LANG_INFO` sends them on.
FALLBACKS = {
    "zh-cn": "zh-hans",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-my": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-tw": "zh-hant",
}

_ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in _TABLE.strip().splitlines()]

NAMES: dict[str, tuple[str, str]] = {row[0]: (row[1], row[2]) for row in _ROWS}
RIGHT_TO_LEFT = [row[0] for row in _ROWS if len(row) == 4]
# A project offers `nb` and `nn`; `no`, which stands for either, is known by name only.
OFFERED = [(code, english) for code, (english, own) in NAMES.items() if code != "no"]
