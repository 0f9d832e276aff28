"""Which language a text is in, by its script, its letters and its commonest words: no model, and right for a plain sentence."""

import re
from collections.abc import Mapping

LANGUAGES = (
    "Arabic", "Czech", "Danish", "English", "Estonian", "Finnish", "French", "German", "Greek", "Hebrew", "Hungarian",
    "Italian", "Latvian", "Lithuanian", "Norwegian", "Persian", "Polish", "Portuguese", "Romanian", "Russian", "Slovak",
    "Spanish", "Swedish", "Chinese",
)  # fmt: skip
LETTER_WEIGHT = 0.5  # A letter is often shared by neighbours, a whole word seldom.

# Scripts in the order in which they decide: kana before Han, for Japanese has both; Persian's own letters before Arabic's.
_SCRIPTS = (
    ("Japanese", "\u3040-\u30ff"), ("Korean", "\uac00-\ud7af"), ("Chinese", "\u4e00-\u9fff"), ("Greek", "\u0370-\u03ff"),
    ("Hebrew", "\u0590-\u05ff"), ("Persian", "\u067e\u0686\u0698\u06af\u06a9\u06cc"), ("Arabic", "\u0600-\u06ff"),
    ("Ukrainian", "\u0456\u0457\u0454\u0491"), ("Russian", "\u0400-\u04ff"), ("Thai", "\u0e00-\u0e7f"),
    ("Hindi", "\u0900-\u097f"),
)  # fmt: skip
_WORDS: Mapping[str, str] = {
    "Czech": "a je se na v že jak jsem to co byl pro ale jste není kde dobrý den děkuji mám",
    "Danish": "og er jeg det ikke en at på har hvad hvordan du med af til hej tak hvor dig",
    "English": "the is are and of to a in i you what how do it that for not with this have be am was on hi hello my",
    "Estonian": "ja on ei see ma kuidas mis tere sa kas oma kui aga olen seda mina aitäh",
    "Finnish": "ja on ei se minä mitä miten hei olen sinä että mutta kuinka missä kiitos hyvää",
    "French": "le la les est et de des un une je vous que qui comment bonjour pas il elle ce dans où quel êtes suis",
    "German": "der die das ist und ich nicht ein eine wie was du sie mit zu auf wo geht hallo bin sind den für",
    "Hungarian": "a az és nem van egy hogy mi hogyan én te szia köszönöm vagyok is ez mit vagy hol",
    "Italian": "il lo la è e di che un una come ciao non sono per sei dove cosa io tu gli della grazie buongiorno",
    "Latvian": "un ir es kā tu nav kas par ar vai no sveiki paldies kur labdien esmu bet",
    "Lithuanian": "ir yra aš kaip tu nėra kas labas ačiū kur su ar bet esu jis tai nuo",
    "Norwegian": "og er jeg det ikke en å på har hva hvordan du med av til hei takk hvor deg",
    "Polish": "i jest nie w się na to że jak co czy ja ty cześć dziękuję gdzie dzień dobry mam jestem",
    "Portuguese": "o a os é e de que um uma como não eu você olá está são por onde obrigado em com estou",
    "Romanian": "și este nu un o ce cum eu tu bună sunt la în unde mulțumesc că pe din care ești",
    "Slovak": "a je sa na v že ako som to čo bol pre ale ste nie kde dobrý deň ďakujem mám",
    "Spanish": "el la los es y de que un una cómo no yo usted hola está son por dónde gracias en con qué estás estoy",
    "Swedish": "och är jag det inte en att på har vad hur du med av till hej tack var dig",
}  # fmt: skip
_LETTERS: Mapping[str, str] = {
    "Czech": "ěřů", "Danish": "æø", "Estonian": "õ", "Finnish": "äö", "French": "çêœùàè", "German": "ßüäö",
    "Hungarian": "őű", "Italian": "ìòù", "Latvian": "āēīķļņģ", "Lithuanian": "ėįųąę", "Norwegian": "æø", "Polish": "łąężźśćń",
    "Portuguese": "ãõç", "Romanian": "ășțâ", "Slovak": "ľĺŕôä", "Spanish": "ñ¿¡", "Swedish": "åäö",
}  # fmt: skip


def language(text: str) -> str:
    """The language's English name; of a text that shows none, English. It need not be one of `LANGUAGES`."""
    for name, letters in _SCRIPTS:
        if re.search(f"[{letters}]", text):
            return name
    words = re.findall(r"[^\W\d_]+", text.lower())
    scores = {name: _score(name, words, text.lower()) for name in _WORDS}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > scores["English"] else "English"


def _score(name: str, words: list[str], text: str) -> float:
    common = frozenset(_WORDS[name].split())
    letters = _LETTERS.get(name, "")
    return sum(word in common for word in words) + LETTER_WEIGHT * sum(letter in letters for letter in text)
