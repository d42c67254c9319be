"""The words of journal entries about what an incident leaves to be settled, by kind: (zh, en)."""

OF_SETTLEMENT: dict[str, tuple[str, str]] = {
    "settlement.made": (
        "待了结善后事项：{items}，最早{settle_by}到期",
        "To be settled: {items}, the first by {settle_by}",
    ),
    "settlement.taken": (
        "{owner_id}负责善后事项{item}，{due_on}前了结（由{person_id}指定）",
        "{owner_id} sees to {item} until {due_on} (said by {person_id})",
    ),
    "settlement.settled": (
        "{person_id}了结善后事项{item}，涉及{people}人",
        "{person_id} settled {item}, people: {people}",
    ),
    "settlement.waived": ("{person_id}免除善后事项{item}", "{person_id} waived {item}"),
    "settlement.reopened": ("{person_id}重新办理善后事项{item}", "{person_id} took {item} up again"),
    "settlement.void": ("善后事项作废：{items}", "Void, not to be settled any more: {items}"),
    "settlement.reminded": (
        "已提醒{person_id}办理善后事项{item}（剩余{days}天），已送出：{reached}",
        "{person_id} reminded of {item} ({days} days left), sent: {reached}",
    ),
}

SETTLED_THINGS: dict[str, tuple[str, str]] = {
    "refunds": ("退费", "refunds"),
    "compensation": ("用户补偿", "compensation of users"),
    "sla_liability": ("服务级别协议违约责任", "liability under service level agreements"),
    "data_recovery": ("数据恢复", "data recovery"),
    "regulator_report": ("监管总结报告", "closing report to the regulator"),
    "leak_report": ("泄露报告", "report of the leak"),
    "accountability": ("责任认定", "accountability"),
    "accountability_data": ("信息安全责任认定", "accountability for the breach"),
}
"""The items of config/settlement.yaml as the journal names them."""
