"""The words of journal entries about restricted incidents and information security, by kind: (zh, en); and of the values they hold."""

OF_SECURITY: dict[str, tuple[str, str]] = {
    "restricted.named": ("{person_id}列入知情人（{why}）", "{person_id} may know of the incident ({why})"),
    "restricted.unnamed": ("{person_id}不再是知情人", "{person_id} may know of the incident no more"),
    "restricted.looked_in": (
        "{person_id}未列入知情人，自行决定查看",
        "{person_id} was not named and looked in on their own word",
    ),
    "restricted.marked": (
        "{person_id}设为受限事件；此前全员可见，已通知{told}户，投诉{cases}件",
        "{person_id} restricted the incident; until then everybody could see it, {told} users had been told, {cases} complaints",
    ),
    "restricted.lifted": (
        "{person_id}解除受限，全员可见",
        "{person_id} lifted the restriction: everybody may see the incident",
    ),
    "security.flow": (
        "{person_id}选定处置流程：{flow}，步骤{steps}项，新增遏制任务{given}项",
        "{person_id} chose the flow: {flow}, {steps} steps, {given} containment tasks added",
    ),
    "security.step": ("步骤“{step}”：{state}，超时：{late}", "Step {step}: {state}; late: {late}"),
    "security.evidence": (
        "{person_id}登记证据{evidence_id}（{form}），SHA-256：{sha256}",
        "{person_id} took evidence {evidence_id} into custody ({form}), SHA-256 {sha256}",
    ),
    "security.custody": (
        "证据{evidence_id}：{act}，{person_id}，交予{to_person_id}，核验一致：{ok}",
        "Evidence {evidence_id}: {act} by {person_id}, to {to_person_id}; same as taken: {ok}",
    ),
    "security.sheet": (
        "{person_id}导出证据清单（{form}），{items}件",
        "{person_id} took the list of evidence away ({form}), {items} pieces",
    ),
    "security.concerned": (
        "{person_id}导入涉及用户名单：新增{added}户，无法使用{refused}行，共{total}户",
        "{person_id} brought in a list of those concerned: {added} added, {refused} rows not usable, {total} in all",
    ),
    "security.telling": (
        "{person_id}决定：{telling}，涉及用户{concerned}户，重新考虑日期：{reconsider_on}",
        "{person_id} decided: {telling}; {concerned} concerned; looked at again on {reconsider_on}",
    ),
}
SECURITY_WORDS: dict[str, tuple[str, str]] = {
    "another": ("其他任务", "another task"),
    "group": ("应急小组成员", "emergency group"),
    "lead": ("安全负责人", "security lead"),
    "keeper": ("设为受限者", "restricted it"),
    "added": ("新增", "added"),
    "looked_in": ("自行查看", "looked in"),
    "leak": ("信息泄露", "leak"),
    "tampering": ("数据篡改", "tampering with data"),
    "attack": ("系统攻击", "attack on a system"),
    "intrusion": ("非法入侵", "intrusion"),
    "contain": ("遏制", "contain"),
    "preserve": ("保全证据", "preserve evidence"),
    "assess": ("研判范围", "assess the scope"),
    "eradicate": ("清除", "eradicate"),
    "recover": ("恢复", "recover"),
    "decide": ("决定是否告知", "decide whether to tell"),
    "report": ("向主管部门报告", "report to the authority"),
    "review": ("复盘", "review"),
    "file": ("文件", "file"),
    "media": ("外部介质", "media elsewhere"),
    "taken": ("登记保管", "taken into custody"),
    "handed": ("移交", "handed over"),
    "accepted": ("接收", "accepted"),
    "not_accepted": ("拒收", "not accepted"),
    "taken_over": ("接管", "taken over"),
    "given_out": ("交外部人员", "given outside"),
    "came_back": ("收回", "came back"),
    "sealed": ("封存", "sealed"),
    "unsealed": ("启封", "seal broken"),
    "checked": ("核验", "checked"),
    "read": ("读取内容", "content read"),
    "destroyed": ("销毁", "destroyed"),
    "told": ("告知用户", "those concerned are told"),
    "not_told": ("暂不告知", "those concerned are not told for now"),
}
