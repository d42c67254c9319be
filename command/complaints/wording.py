"""The words of cases: the SMS to the caller, and what an agent asks a caller whom no incident affects. Pure."""

from collections.abc import Mapping

from playbooks.templates import Language, render
from playbooks.texts import Text

SMS: Mapping[Language, str] = {
    "zh": "【{operator}】您反映的问题已受理，受理编号{case}。[预计{eta}前恢复服务。][我们将在{due}前答复您。]"
    "[查询进度：{link} 。]详询{hotline}。",
    "en": "{operator}: We have taken your report, case number {case}. [We expect to restore service by {eta}. ]"
    "[You will have our answer by {due}. ][Progress: {link} ]Help: {hotline}.",
}
CHECKS = (
    Text(
        zh="请重启设备，查看是否误开飞行模式、是否欠费停机。",
        en="Restart the device; is flight mode on, is the account in credit?",
    ),
    Text(
        zh="请换一个地点再试：只在一处异常，还是各处都异常？",
        en="Try elsewhere: does it fail in one place or everywhere?",
    ),
    Text(
        zh="请问从什么时候开始，哪项业务异常，旁边的人是否也一样？",
        en="Since when, which service, and do others nearby have it too?",
    ),
)
NOT_AFFECTED = Text(
    zh="您好，经查询，目前没有影响您号码的已知故障。我和您一起核对几个问题，必要时马上为您登记。",
    en="I have checked: no known incident affects your number. Let us go through a few questions; I can take your case at once.",
)
MAYBE = Text(
    zh="您好，{area}部分用户自{since}起{services}服务异常，您可能也受到影响。我们正在处理[，预计{eta}前恢复][，{next_update}会再次更新进展]。[{advice}]",
    en="Since {since} some customers in {area} cannot use {services} as usual; you may be among them. We are working on it[ and expect "
    "to restore service by {eta}][; we will have news by {next_update}]. [{advice}]",
)
NOT_OURS = Text(
    zh="您好，我们的用户资料里没有这个号码。请核对号码；如果是帮别人反映，请告诉我使用业务的号码。",
    en="This number is not among our subscribers. Please check it; if you call for somebody else, tell me the number that has the problem.",
)


def sms(language: Language, fields: Mapping[str, str | None]) -> str:
    """What a caller is told: the case number, the next step (the ETA, or else by when they get an answer) and where to look."""
    return render(SMS[language], fields)
