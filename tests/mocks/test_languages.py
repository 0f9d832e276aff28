"""A language is told by its script, its letters and its commonest words."""

import pytest

from mocks._languages import LANGUAGES, language

SENTENCES = {
    "Arabic": "كيف حالك اليوم", "Czech": "Dobrý den, jak se máte?", "Danish": "Hej, hvordan har du det?",
    "English": "Hi. I am doing fine.", "Estonian": "Tere, kuidas sa elad?", "Finnish": "Hei, mitä sinä teet?",
    "French": "Bonjour, comment allez-vous ?", "German": "Hallo, wie geht es dir?", "Greek": "Καλημέρα κόσμε",
    "Hebrew": "מה שלומך היום", "Hungarian": "Szia, hogyan vagy?", "Italian": "Ciao, come stai? Dove sei?",
    "Latvian": "Sveiki, kā tev klājas?", "Lithuanian": "Labas, kaip tu gyveni?", "Norwegian": "Hei, hva er det?",
    "Persian": "چطور هستی", "Polish": "Dzień dobry, jak się masz?", "Portuguese": "Olá, como você está?",
    "Romanian": "Bună, ce faci? Unde ești?", "Russian": "Привет, мир", "Slovak": "Dobrý deň, ako sa máte?",
    "Spanish": "Hola, ¿cómo estás?", "Swedish": "Hej, hur är det med dig?", "Chinese": "你好吗",
}  # fmt: skip


def test_every_language_has_its_sentence():
    """The list is OPEA's own, of 24."""
    assert set(SENTENCES) == set(LANGUAGES)


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_plain_sentence_is_told(name):
    """Neighbours too."""
    assert language(SENTENCES[name]) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("", "English"), ("42 :)", "English"), ("お元気ですか", "Japanese"), ("안녕하세요", "Korean")],
)
def test_a_text_that_shows_none_is_english_and_others_have_their_own_names(text, name):
    """What OPEA does not know is told apart from what it knows."""
    assert language(text) == name
