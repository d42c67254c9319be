"""The words of journal entries about requests for resources and what was taken for them, by kind: (zh, en)."""

OF_RESOURCES: dict[str, tuple[str, str]] = {
    "request.asked": (
        "申请调用{resource_id}{quantity}（{type}型及以上），{need_by}前到位，优先级：{tier}",
        "{quantity} of {resource_id} asked for (type {type} or better) by {need_by}, priority {tier}",
    ),
    "request.decided": (
        "{person_id}对调用申请{request_id}（{resource_id}{quantity}）的决定：{how}",
        "{person_id} on request {request_id} ({quantity} of {resource_id}): {how}",
    ),
    "request.closed": (
        "调用申请{request_id}办结：{resource_id}申请{quantity}，到位{covered}",
        "Request {request_id} closed: {covered} of {quantity} {resource_id} got",
    ),
    "request.passed_on": (
        "{other}的{requests}项调用申请转由{into}继续，在外资源{out}件",
        "{requests} resource requests of {other} go on for {into}, with {out} pieces that are out",
    ),
    "request.ordered": (
        "为调用申请{request_id}外部求援（{source}）：{resource_id}{quantity}，预计到达{eta_at}",
        "For request {request_id} {quantity} of {resource_id} ordered by {source}, expected {eta_at}",
    ),
    "request.order_changed": (
        "外部求援{order_id}（{resource_id}{quantity}）：{state}",
        "Order {order_id} ({quantity} of {resource_id}): {state}",
    ),
    "resource.changed": (
        "{resource_id}{quantity}：{state}，预计到达{eta_at}",
        "{quantity} of {resource_id}: {state}, expected {eta_at}",
    ),
    "resource.crew_called": (
        "已短信派出{unit_id}（{resource_id}）",
        "{unit_id} ({resource_id}) called out by SMS",
    ),
    "resource.crew_answered": (
        "{unit_id}（{resource_id}）短信回复：{answer}",
        "{unit_id} ({resource_id}) answered by SMS: {answer}",
    ),
    "resource.preempted": (
        "{person_id}决定：{resource_id}{quantity}改调给{other}（{tier}）",
        "{person_id} decided: {quantity} of {resource_id} go to {other} ({tier}) instead",
    ),
    "resource.preempts": (
        "{person_id}决定：从{other}（{lower_tier}）调来{resource_id}{quantity}",
        "{person_id} decided: {quantity} of {resource_id} come from {other} ({lower_tier})",
    ),
    "resource.returned": (
        "{resource_id}归还：完好{good}，损坏{damaged}，消耗{used}，丢失{lost}",
        "{resource_id} back: {good} good, {damaged} damaged, {used} used up, {lost} lost",
    ),
    "resource.rated": ("{resource_id}使用评估：{rating}分（满分5分）", "Use of {resource_id} evaluated: {rating} of 5"),
}
