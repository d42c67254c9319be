"""The words of journal entries about bulletins and reports upward, by kind: (zh, en)."""

OF_BULLETINS: dict[str, tuple[str, str]] = {
    "bulletin.drafted": (
        "起草信息通报第{bulletin}号（{bulletin_kind}），应于{due_at}前发出，更正：{corrects}",
        "Bulletin {bulletin} drafted ({bulletin_kind}), due {due_at}, corrects {corrects}",
    ),
    "bulletin.edited": (
        "修改信息通报第{bulletin}号，与草稿相差{lines}行",
        "Bulletin {bulletin} edited: {lines} lines differ from the draft",
    ),
    "bulletin.submitted": (
        "信息通报第{bulletin}号（{bulletin_kind}）提交审批",
        "Bulletin {bulletin} ({bulletin_kind}) submitted for approval",
    ),
    "bulletin.sent_back": ("信息通报第{bulletin}号退回修改", "Bulletin {bulletin} sent back"),
    "bulletin.dropped": ("信息通报第{bulletin}号作废", "Bulletin {bulletin} dropped"),
    "bulletin.approved": (
        "信息通报第{bulletin}号（{bulletin_kind}）批准发出，收件{copies}份，预案预先批准：{automatic}",
        "Bulletin {bulletin} ({bulletin_kind}) approved, {copies} copies; pre-approved by the playbook: {automatic}",
    ),
    "bulletin.sent": (
        "信息通报第{bulletin}号于{at}送出：{recipient}",
        "Bulletin {bulletin} sent to {recipient} at {at}",
    ),
    "bulletin.failed": (
        "信息通报第{bulletin}号未能送出：{recipient}，原因：{reason}",
        "Bulletin {bulletin} could not be sent to {recipient}: {reason}",
    ),
    "bulletin.sent_again": (
        "信息通报第{bulletin}号重新发送：{recipient}",
        "Bulletin {bulletin} is sent to {recipient} again",
    ),
    "bulletin.received": (
        "{recipient}确认收到信息通报第{bulletin}号（{via}）",
        "{recipient} confirmed bulletin {bulletin} ({via})",
    ),
    "upward.reported": (
        "上报上级：时限“{clock}”（{due_at}到期）预计无法达成，原因：{why}，预计恢复{expected_at}，时间已用{used}%，已告知{people}人",
        "Reported upward: “{clock}”, due {due_at}, will not be met ({why}); expected {expected_at}, {used} % of the time used, "
        "{people} told",
    ),
    "upward.acknowledged": (
        "{person_id}确认收到时限“{clock}”的上报",
        "{person_id} acknowledged the report upward of “{clock}”",
    ),
}
BULLETINS: dict[str, tuple[str, str]] = {
    "first": ("初报", "first report"),
    "follow_up": ("续报", "follow-up report"),
    "final": ("终报", "final report"),
    "upward": ("上报上级", "report upward"),
}
"""Kinds of bulletins."""
WHY: dict[str, tuple[str, str]] = {
    "eta": ("预计恢复时间晚于时限", "ETA after the limit"),
    "projected": ("预判恢复时间晚于时限", "projected after the limit"),
    "used": ("时间所剩不多且任务未完成", "little time left, tasks open"),
    "breached": ("时限已过", "the limit has passed"),
}
"""Why a time limit will not be met."""
