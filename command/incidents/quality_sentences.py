"""The words of journal entries about surveys after restoration and about service levels, by kind: (zh, en)."""

OF_QUALITY: dict[str, tuple[str, str]] = {
    "notice_reply.kept": (
        "一位用户回复了{notice_kind}，待跟进",
        "A subscriber answered the {notice_kind}: to be followed up",
    ),
    "notice_reply.settled": (
        "{person_id}处理了用户回复：{settled_as}，工单{case}",
        "{person_id} settled a reply: {settled_as}, case {case}",
    ),
    "survey.planned": ("计划开展满意度调查，{ask_from}起发送", "Survey planned, to be sent from {ask_from}"),
    "survey.void": ("不开展满意度调查：{why}", "No survey: {why}"),
    "survey.sent": (
        "已发送满意度调查：获知恢复{audience}人，抽取{asked}人，答复至{closes_at}",
        "Survey sent: {asked} of {audience} who were told the all-clear, answers until {closes_at}",
    ),
    "survey.cancelled": ("{person_id}取消满意度调查", "{person_id} cancelled the survey"),
    "survey.closed": (
        "满意度调查结束：发送{asked}人，答复{answered}人，满意{satisfied}人（共{judged}人评价）",
        "Survey closed: {answered} of {asked} answered, {satisfied} of {judged} satisfied",
    ),
    "survey.by_phone": ("{person_id}录入电话回访答复", "{person_id} entered an answer by phone"),
    "survey.follow_up": ("需回访一位用户：{why}，工单{case}", "A customer is to be called back: {why}, case {case}"),
    "survey.followed_up": ("{person_id}回访一位用户：{result}", "{person_id} called a customer back: {result}"),
    "agreement.breached": (
        "服务级别协议违约：{clock}（{sla_class}），应于{due_at}前完成，影响协议客户{customers}户",
        "Service level breached: {clock} ({sla_class}), was due {due_at}, customers under agreement: {customers}",
    ),
    "agreement.decided": (
        "{person_id}认定违约责任：{clock}，责任方{liability}，争议状态{dispute}",
        "{person_id} decided on the breach of {clock}: {liability}, {dispute}",
    ),
}

QUALITY_FIELDS: dict[str, dict[str, tuple[str, str]]] = {
    "liability": {
        "undecided": ("未认定", "liability not decided"),
        "ours": ("我方", "ours"),
        "third_party": ("第三方", "a third party"),
        "customer": ("客户", "the customer"),
        "force_majeure": ("不可抗力", "force majeure"),
        "none": ("无责任方", "nobody answers for it"),
    },
    "dispute": {
        "none": ("无争议", "no dispute"),
        "raised": ("已提出", "dispute raised"),
        "accepted": ("已接受", "dispute accepted"),
        "rejected": ("已驳回", "dispute rejected"),
        "settled": ("已了结", "dispute settled"),
    },
    "settled_as": {
        "case": ("转为工单", "taken up as a case"),
        "answered": ("已答复", "answered"),
        "closed": ("已关闭", "closed"),
    },
    "sla_class": {
        "urgent": ("紧急", "urgent"),
        "important": ("重要", "important"),
        "general": ("一般", "general"),
    },
    "result": {
        "reached": ("已接通", "reached"),
        "not_reached": ("未接通", "not reached"),
        "solved": ("已解决", "solved"),
    },
}
"""What the words of some fields mean here alone, where others use the same word."""

QUALITY_WORDS: dict[str, tuple[str, str]] = {
    "not_restored": ("服务尚未恢复", "service not back"),
    "unsatisfied": ("不满意", "not satisfied"),
    "fault_returned": ("故障再次出现", "the fault came back first"),
    "incident_over": ("事件已撤销或合并", "the incident was cancelled or merged"),
    "nobody_told": ("没有用户收到恢复通知", "nobody was told an all-clear"),
    "rules_ask_nobody": ("规则不要求", "the rules ask nobody of this kind and tier"),
}
