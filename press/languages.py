"""Marks runs of Japanese, Chinese, Korean and Russian text with their language."""

import re

from press.edition import BOOK

SCRIPTS = {
    "ja": "\u3005-\u30ff\u3400-\u9fff\uff01-\uff9f\u300a-\u301f",
    "ko": "\uac00-\ud7a3",
    "ru": "\u0400-\u04ff",
}
FOREIGN = re.compile(
    "[%s](?:[%s\\s、。・,.:：「」『』〈〉《》0-9%%…!?()-]*[%s」』〉》])?"
    % (("".join(SCRIPTS.values()),) * 3)
)


def script_language(text, known=()):
    """Return the language tag of a run of non-Latin text.

    Hangul, kana and Cyrillic tell; characters that Chinese and Japanese share are Japanese unless a
    Chinese title among `known` (strings from the bibliography) holds them.
    """
    if re.search("[\uac00-\ud7a3]", text):
        return "ko"
    if re.search("[\u0400-\u04ff]", text):
        return "ru"
    if re.search("[\u3041-\u30ff]", text):
        return "ja"
    return "zh" if any(text.strip() in title for title in known) else "ja"


def chinese_titles():
    text = (BOOK / "references.bib").read_text(encoding="utf-8")
    return [
        entry for entry in re.split(r"\n@", text) if re.search(r"langid\s*=\s*[{\"]chinese", entry)
    ]


def mark_languages(body, known):
    """Wrap each run of Japanese, Chinese, Korean or Russian text in a span with its language."""
    parts = re.split(
        r"(<(?:script|style|svg)\b.*?</(?:script|style|svg)>|<span[^>]* lang=.*?</span>|<[^>]+>)",
        body,
        flags=re.S,
    )
    for index in range(0, len(parts), 2):
        parts[index] = FOREIGN.sub(
            lambda run: f'<span lang="{script_language(run[0], known)}">{run[0]}</span>',
            parts[index],
        )
    return "".join(parts)


def glyphs(text, known=()):
    """Return whose glyphs a run of East Asian text is drawn in: "japanese", "korean", "simplified", "traditional"; None for other scripts.

    Chinese that the simplified character set of 1980 can write is simplified, any other is traditional.
    """
    language = script_language(text, known)
    if language == "zh":
        signs = re.sub("[^\u3400-\u9fff]", "", text)
        try:
            signs.encode("gb2312")
        except UnicodeEncodeError:
            return "traditional"
        return "simplified"
    return {"ja": "japanese", "ko": "korean"}.get(language)
