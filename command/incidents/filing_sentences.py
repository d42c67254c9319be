"""The words of journal entries about reports to the regulator, by kind: (zh, en)."""

OF_FILINGS: dict[str, tuple[str, str]] = {
    "filing.drafted": (
        "起草监管报告“{filing}”第{edition}版",
        "Report to the regulator drafted: {filing}, edition {edition}",
    ),
    "filing.written": (
        "填写监管报告“{filing}”第{edition}版，改动{count}项",
        "Report to the regulator written: {filing}, edition {edition}, {count} fields",
    ),
    "filing.refreshed": (
        "监管报告“{filing}”第{edition}版按事件最新数据更新，变化{count}项",
        "Report to the regulator brought up to date: {filing}, edition {edition}, {count} fields changed",
    ),
    "filing.submitted": (
        "监管报告“{filing}”第{edition}版于{at}报送，本人起草本人报送：{override}",
        "Report to the regulator submitted at {at}: {filing}, edition {edition}; by its own author: {override}",
    ),
    "filing.void": ("监管报告草稿作废：{filings}", "Drafts of reports to the regulator are void: {filings}"),
}
FILED: dict[str, tuple[str, str]] = {
    "cn-inform": ("初次报告", "first information"),
    "cn-brief": ("书面简报", "brief report in writing"),
    "cn-report": ("书面报告", "report in writing"),
    "us-notification": ("初次通报", "notification"),
    "us-initial": ("初次报告", "initial report"),
    "us-final": ("最终报告", "final report"),
    "eu-early-warning": ("预警通报", "early warning"),
    "eu-notification": ("事件通报", "incident notification"),
    "eu-final": ("最终报告", "final report"),
}
"""The reports that ship, by id; one that somebody adds to config/regulators.yaml is called by its id here."""
