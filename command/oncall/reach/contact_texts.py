"""The texts of codes and tests. Pure; the engine sends them, so they do not come from the catalogues."""

from collections.abc import Mapping


def spoken_or_written(kind: str, code: str, language: str, names: Mapping[str, str]) -> str:
    """What brings a code: digit by digit where it is spoken. `names` is the operator's by language."""
    zh = language == "zh"
    if kind == "voice":
        digits = ("，" if zh else ", ").join(code)
        return f"{names['zh']}。您的验证码是：{digits}。" if zh else f"{names['en']}. Your code is: {digits}."
    if zh:
        return f"【{names['zh']}】验证码 {code}，10分钟内有效，用于确认您的呼叫方式。请勿告诉他人。"
    return f"{names['en']}: {code} is your code for being paged here. Valid for 10 minutes. Tell it to nobody."


def test_text(language: str, names: Mapping[str, str]) -> str:
    """What a test says."""
    if language == "zh":
        return f"【{names['zh']}】这是一条测试消息：您可以通过这种方式被呼叫。无需回复。"
    return f"{names['en']}: this is a test. You can be paged here. No answer is needed."
