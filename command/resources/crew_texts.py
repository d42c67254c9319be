"""What is said to crews by SMS, and to those who sent them, in both languages. The engine sends it, outside of any request, so it does not
come from the catalogues. Pure."""

CODE_DIGITS = 5
_STEP, _CODES = 7919, 90_000


def code_of(call_id: int) -> str:
    """The five digits that answer a call: different for any 90,000 calls in a row, and longer than the code of a page, so that neither is
    taken for the other. It is no secret: an answer counts only from the number that was called."""
    return str(call_id * _STEP % _CODES + 10_000)


def say(language: str, name: str, /, **values: str) -> str:
    """One text with its values."""
    return TEXTS["zh" if language == "zh" else "en"][name] % values


TEXTS = {
    "zh": {
        "sign": "【%(operator)s】",
        "drill": "【演练】",
        "call": "调度：%(unit)s（%(resource)s）请前往%(place)s，%(incident)s，%(by)s前到达。",
        "incident": "事件%(number)s",
        "restricted": "紧急任务",
        "how": "请回复%(code)s加“出发”“到场”或“完成”；去不了请回复%(code)s加“无法到场”。",
        "ring": "不能回复短信，有变化请致电%(hotline)s。",
        "told_declined": "%(unit)s（%(who)s）回复无法到场：%(incident)s，%(place)s。请另行调度。",
        "confirmed": "已记录出发：%(unit)s，%(incident)s。",
        "on_scene": "已记录到场：%(unit)s，%(incident)s。",
        "done": "已记录完成：%(unit)s，%(incident)s，可返回。",
        "declined": "已记录无法到场：%(unit)s，%(incident)s，已告知调度人员。",
        "over": "%(unit)s（%(incident)s）的调度已结束，无需回复。",
        "further": "%(unit)s（%(incident)s）已到场，未作更改；完成请回复“完成”。",
        "failed": "%(unit)s（%(incident)s）未能记录，请致电指挥中心%(hotline)s。",
        "which": "您有多个调度，请回复代码加“出发”“到场”“完成”或“无法到场”：%(codes)s",
        "help": "未能识别。请回复代码加“出发”“到场”“完成”或“无法到场”：%(codes)s",
        "unknown": "没有代码为%(code)s的调度。",
        "open": "进行中的调度：%(codes)s",
        "none": "您没有进行中的调度。",
    },
    "en": {
        "sign": "%(operator)s: ",
        "drill": "[DRILL] ",
        "call": "%(unit)s (%(resource)s) is sent to %(place)s, %(incident)s, to be there by %(by)s. ",
        "incident": "incident %(number)s",
        "restricted": "an urgent task",
        "how": "Reply %(code)s and EN ROUTE, ON SCENE or DONE; if you cannot come, %(code)s NO.",
        "ring": "Replies do not arrive; if anything changes, call %(hotline)s.",
        "told_declined": "%(unit)s (%(who)s) cannot come: %(incident)s, %(place)s. Send another.",
        "confirmed": "Noted, %(unit)s is en route: %(incident)s.",
        "on_scene": "Noted, %(unit)s is on scene: %(incident)s.",
        "done": "Noted, %(unit)s is done and may return: %(incident)s.",
        "declined": "Noted, %(unit)s cannot come: %(incident)s. Whoever sent it is told.",
        "over": "The dispatch of %(unit)s (%(incident)s) is over; no answer is needed.",
        "further": "%(unit)s (%(incident)s) is on scene already; nothing changed. Reply DONE when done.",
        "failed": "%(unit)s (%(incident)s): this could not be kept; call the command centre: %(hotline)s.",
        "which": "Several dispatches are open. Reply a code and EN ROUTE, ON SCENE, DONE or NO: %(codes)s",
        "help": "Not understood. Reply a code and EN ROUTE, ON SCENE, DONE or NO: %(codes)s",
        "unknown": "No dispatch has the code %(code)s. ",
        "open": "Open: %(codes)s",
        "none": "No dispatch is open for you.",
    },
}
