"""The cycles of an engine, joined: what runs, how often it is asked again, and in which order the work flows."""

import threading

from command.core.installation import Installation
from command.drills.programme import table as drill_table
from command.engine import (
    agreements,
    bulletins,
    clocks,
    complaints,
    deliver,
    drill_programmes,
    duty_watch,
    escalate,
    fan_out,
    hand_over,
    holds,
    improvement,
    injects,
    late_updates,
    lists,
    measurements,
    overrides,
    periodic,
    phone_drill,
    plans,
    quiet,
    reach,
    readiness,
    receipts,
    record,
    retention,
    satisfaction,
    settlement,
    succession,
    summaries,
    sweep,
    training,
    warnings,
)
from command.engine.run import Cycle
from command.messages import listening
from command.messages.gateways import Gateways
from command.network import service as network
from command.parts import handlers
from command.periodic import table as reports


def joined(installation: Installation, gateways: Gateways, stopping: threading.Event) -> list[Cycle]:
    """Every cycle of one engine. `stopping` ends a round of sending early; the gateways are closed by who opened them."""
    drill_table.table()  # a fault in config/drills.yaml stops the start, not a drill
    reports.table()  # a fault in config/reports.yaml stops the start, not a report
    heard = handlers(installation.settings)
    sender = deliver.sender(installation, gateways, heard)
    listening.begin(installation, gateways, heard)
    return [
        Cycle("warm", 1.0, lambda: network.warm(installation.database)),
        Cycle("escalate", 0.5, lambda: escalate.run_once(installation)),
        Cycle("reach", 0.5, lambda: reach.run_once(installation)),
        Cycle("phone_drill", 1.0, lambda: phone_drill.run_once(installation)),
        Cycle(
            "drill_programmes",
            2.0,
            lambda: drill_programmes.run_once(installation),
            lambda: drill_programmes.wait(installation),
        ),
        Cycle("injects", 1.0, lambda: injects.run_once(installation)),
        Cycle(
            "deliver",
            0.2,
            lambda: deliver.run_once(installation, sender, stopping.is_set),
            alive=lambda: sender.looked_at,
        ),
        Cycle("fan_out", 0.3, lambda: fan_out.run_once(installation)),
        Cycle("receipts", 0.3, lambda: receipts.run_once(installation, heard)),
        Cycle("clocks", 1.0, lambda: clocks.run_once(installation)),
        Cycle("bulletins", 5.0, lambda: bulletins.run_once(installation)),
        Cycle("final_reports", 60.0, lambda: bulletins.look_back(installation)),
        Cycle("quiet", 2.0, lambda: quiet.run_once(installation)),
        Cycle("late_updates", 10.0, lambda: late_updates.run_once(installation)),
        Cycle("sweep", 2.0, lambda: sweep.run_once(installation, gateways, heard)),
        Cycle("holds", 5.0, lambda: holds.run_once(installation)),
        Cycle("lists", 60.0, lambda: lists.run_once(installation)),
        Cycle("measurements", 60.0, lambda: measurements.run_once(installation)),
        Cycle("duty_watch", 60.0, lambda: duty_watch.run_once(installation)),
        Cycle("hand_over", 5.0, lambda: hand_over.run_once(installation)),
        Cycle("duty_ends", 60.0, lambda: hand_over.remind_once(installation)),
        Cycle("complaints", 30.0, lambda: complaints.run_once(installation)),
        Cycle("surges", 60.0, lambda: complaints.look_once(installation)),
        Cycle("readiness", 60.0, lambda: readiness.run_once(installation)),
        Cycle("improvement", 60.0, lambda: improvement.run_once(installation)),
        Cycle("agreements", 30.0, lambda: agreements.run_once(installation)),
        Cycle("satisfaction", 30.0, lambda: satisfaction.run_once(installation)),
        Cycle("settlement", 60.0, lambda: settlement.run_once(installation)),
        Cycle("plans", 60.0, lambda: plans.run_once(installation)),
        Cycle("succession", 5.0, lambda: succession.run_once(installation)),
        Cycle("overrides", 60.0, lambda: overrides.run_once(installation)),
        Cycle("training", 60.0, lambda: training.run_once(installation)),
        Cycle("training_ends", 600.0, lambda: training.remind_once(installation)),
        Cycle("warnings", 5.0, lambda: warnings.expire_once(installation)),
        Cycle("cap_feeds", 60.0, lambda: warnings.poll_once(installation)),
        Cycle("summaries", 30.0, lambda: summaries.run_once(installation, stopping.is_set)),
        Cycle("periodic", 30.0, lambda: periodic.run_once(installation)),
        Cycle("retention", 60.0, lambda: retention.run_once(installation)),
        Cycle("record", 10.0, lambda: record.run_once(installation)),
    ]
