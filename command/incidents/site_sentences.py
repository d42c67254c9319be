"""The words of journal entries about sites, cables, the order of restoration and crew safety, by kind: (zh, en)."""

OF_SITES: dict[str, tuple[str, str]] = {
    "site.added": (
        "登记站点，区域：{area_id}，网元{elements}个",
        "Site registered in {area_id} with {elements} elements",
    ),
    "site.changed": ("站点资料变更：{fields}", "Site record changed: {fields}"),
    "site.told": (
        "市电：{mains}，电池剩余{battery_minutes}分钟，油机：{generator}，油量{fuel_hours}小时，通行：{access}，预计掉站{falls_at}",
        "Mains: {mains}, battery {battery_minutes} min, generator: {generator}, fuel {fuel_hours} h, access: {access}; "
        "falls at {falls_at}",
    ),
    "site.fell": (
        "站点掉站（预测{predicted_at}），关联事件{incident}",
        "Site fell (predicted: {predicted_at}), by {incident}",
    ),
    "site.back": ("站点恢复服务，与事件{incident}解除关联", "Site is in service again, no longer part of {incident}"),
    "site.generator_asked": (
        "为站点{site}申请油机（调用申请{request_id}），预计掉站{falls_at}",
        "A generator was asked for site {site} (request {request_id}); it falls at {falls_at}",
    ),
    "site.contact_unmasked": (
        "{person_id}查看站点{site}供电联系人的完整号码",
        "{person_id} read the whole number of the power company's contact of site {site}",
    ),
    "cable.damaged": (
        "光缆{cable}受损{km}公里，共{fibres_total}芯",
        "Cable {cable} damaged: {km} km, {fibres_total} fibres",
    ),
    "cable.spliced": (
        "光缆{cable}已接续{fibres_done}/{fibres_total}芯，预计{eta_at}完成",
        "Cable {cable}: {fibres_done} of {fibres_total} fibres spliced, expected at {eta_at}",
    ),
    "cable.repaired": (
        "光缆{cable}抢通，{km}公里，{fibres_total}芯全部接续",
        "Cable {cable} repaired: {km} km, all {fibres_total} fibres spliced",
    ),
    "restoration.ordered": (
        "站点{site}恢复顺序调整为第{place}位（原{place_before}）",
        "Site {site} moved to place {place} of the restoration order (before: {place_before})",
    ),
    "restoration.owned": ("站点{site}的恢复由{owner_id}负责", "{owner_id} sees to the restoration of site {site}"),
    "safety.declared": (
        "现场安全结论（{area_id}，{unit_id}）可以出动：{go}，有效至{valid_until}",
        "Crew safety ({area_id}, {unit_id}), go: {go}, until {valid_until}",
    ),
    "safety.overridden": (
        "{person_id}不顾禁止出动的结论派出{unit_id}（{resource_id}），须事后审查",
        "{person_id} sent {unit_id} ({resource_id}) against a no-go; to be reviewed",
    ),
    "safety.warned": (
        "派出{unit_id}（{resource_id}）时有警示：{why}，已连续在岗{hours}小时",
        "{unit_id} ({resource_id}) was sent in spite of: {why}; on duty for {hours} h",
    ),
}
SITE_WORDS: dict[str, tuple[str, str]] = {
    "on": ("有电", "on"),
    "off": ("断电", "off"),
    "unknown": ("未知", "not known"),
    "none": ("无", "none"),
    "standby": ("待机", "stands by"),
    "running": ("发电中", "running"),
    "reachable": ("可到达", "can be reached"),
    "blocked": ("道路不通", "blocked"),
    "unsafe": ("不安全", "unsafe"),
    "over_hours": ("超过在岗时限", "over its hours"),
    "run_out": ("可出动结论已过期", "the go has run out"),
    "no_go_in_part": ("区域内局部禁止出动", "a no-go holds in a part of the area"),
    "name_zh": ("中文名称", "Chinese name"),
    "name_en": ("英文名称", "English name"),
    "area_id": ("区域", "area"),
    "site_class": ("站点类别", "class"),
    "latitude": ("纬度", "latitude"),
    "longitude": ("经度", "longitude"),
    "serves": ("保障对象", "marks of priority"),
    "battery_minutes": ("电池设计时长", "battery by design"),
    "power_company": ("供电公司", "power company"),
    "contact": ("供电联系人", "contact"),
    "contact_number": ("联系号码", "number of the contact"),
    "elements": ("网元", "elements"),
}
