"""The words of journal entries about evaluation reports, by kind: (zh, en)."""

OF_EVALUATION: dict[str, tuple[str, str]] = {
    "incident.cause_given": (
        "{person_id}认定根本原因：{root_cause}，具体原因：{cause_code}，第三方：{from_third_party}",
        "{person_id} named the root cause: {root_cause}, cause: {cause_code}, third party: {from_third_party}",
    ),
    "evaluation.begun": ("{person_id}开始编写评估报告", "{person_id} began the evaluation report"),
    "evaluation.written": (
        "{person_id}编写评估报告（{part}，第{version}稿）",
        "{person_id} wrote the evaluation report ({part}, version {version})",
    ),
    "evaluation.contributing": (
        "{person_id}填写促成原因：{causes}（此前：{earlier_causes}）",
        "{person_id} named contributing causes: {causes} (before: {earlier_causes})",
    ),
    "evaluation.for_signature": (
        "{person_id}将评估报告提交签署，签署岗位：{posts}",
        "{person_id} put the evaluation report up for signature by {posts}",
    ),
    "evaluation.signed": (
        "{person_id}以{post}身份签署评估报告，待签署：{left}",
        "{person_id} signed the evaluation report as {post}; still to sign: {left}",
    ),
    "evaluation.reopened": (
        "评估报告退回草稿（{because}），{signatures}个签署作废",
        "Evaluation report is a draft again ({because}); void signatures: {signatures}",
    ),
    "evaluation.published": ("{person_id}向公众发布评估报告用户版", "{person_id} published the version for users"),
    "evaluation.unpublished": (
        "评估报告用户版停止公开（{because}）",
        "The version for users is public no more ({because})",
    ),
    "evaluation.proposed": (
        "{person_id}提出修订{playbook}（在编第{work}号），依据整改项{actions}",
        "{person_id} proposed a change of {playbook} (draft {work}) for improvement actions {actions}",
    ),
    "evaluation.proposal_waits": (
        "{playbook}的修订建议暂未写入草稿：{why}",
        "The proposed change of {playbook} waits: {why}",
    ),
}
EVALUATION_WORDS: dict[str, tuple[str, str]] = {
    "summary": ("概述", "summary"),
    "whys": ("五个为什么", "whys"),
    "worked": ("有效做法", "what worked"),
    "not_worked": ("存在问题", "what did not work"),
    "none_needed": ("无需整改的理由", "why no action is needed"),
    "public_zh": ("用户版（中文）", "version for users, Chinese"),
    "public_en": ("用户版（英文）", "version for users, English"),
    "duty_officer": ("值班长", "duty officer"),
    "by_person": ("人工操作", "by a person"),
    "part_changed": ("内容已修改", "a part was changed"),
    "incident_reopened": ("事件重新开启", "the incident was reopened"),
    "tier_changed": ("事件等级已调整", "the tier is another"),
    "report_reopened": ("报告已退回草稿", "the report is a draft again"),
    "made_restricted": ("事件转为受限", "the incident is restricted"),
    "plan_busy": ("该预案下一版本已在编写", "its next version is being written"),
    "clause_gone": ("现行版本已无此条款", "the version in force has no such clause"),
    "not_allowed": ("最后签署人不能编写预案", "whoever signed last may not write plans"),
    "text_unfit": ("新文本不符合预案要求", "the new text does not fit the plan"),
}
"""Values of their fields."""
