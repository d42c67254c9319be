"""A small scenario that is sound, from which a new one is written."""

TEXT = """\
# A scenario: what a drill trains, who plays, and what is put to the players when.
# Every text stands in Chinese (zh) and in English (en). Lines that begin with # are remarks.
code: my_scenario            # small letters, digits and _; it never changes
version: 1                   # the next one is given when it is kept
subject: network_fault       # network_fault, complaint, information_security, weather_disaster, multi_department
kind: network_fault          # of the incident: natural_disaster, network_fault, service_interruption, complaint_surge, information_security
modes: [simulation]          # tabletop, live, simulation
name: {zh: 光缆中断, en: Fibre cut}
goal: {zh: 检验值班长能否及时上报并启动响应。, en: Shows whether the duty officer reports and activates in time.}
duration_minutes: 30         # of exercise time
departments: [operations]    # technical, customer_service, security, operations
roles:
  - {id: duty_officer, name: {zh: 值班长, en: Duty officer}, posts: [duty_officer], department: operations}
objectives:
  - id: report_in_time
    text: {zh: 10分钟内上报, en: Report within 10 minutes}
    guide: {zh: 看是否写明影响范围。, en: Does the report say who is hit?}     # what evaluators watch for
    measure: {fact: time_to_report, within_minutes: 10}                   # left out where nothing is measured
opening:                     # the incident as players report it; left out where alarms open it
  summary: {zh: 县城光缆中断。, en: The fibre to the county is cut.}
  latest_minutes: 15         # a controller reports it then, if nobody has
injects:
  - number: 1
    at_minutes: 0            # since the start; or 'after: {event: activated}' with 'wait_minutes'
    sender: {zh: 施工单位, en: Road works}
    to: duty_officer
    method: screen           # screen, sms, phone, alarms, discussion
    content: {zh: 我们挖断了一根光缆。, en: We have cut a fibre.}
    expected: {zh: 上报事件。, en: Reports the incident.}
    objective: report_in_time
    proof: {event: reported} # what shows by itself that it was answered
  - number: 2
    at_minutes: 12
    unless: {event: activated}   # not delivered where players did this before
    sender: {zh: 上级值班室, en: Duty room of the superior}
    to: duty_officer
    method: phone
    content: {zh: 为什么还没有启动响应？, en: Why is the response not active yet?}
    expected: {zh: 启动响应。, en: Activates the response.}
    objective: report_in_time
    proof: {event: activated}
"""
