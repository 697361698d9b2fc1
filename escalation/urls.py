"""Where the pages of shifts, routing and the ladder are."""

from django.urls import path

from escalation.pages import (
    acknowledgements,
    ahead,
    boards,
    calendar,
    handover,
    overview,
    person,
    plans,
    policies,
    presence,
    promises,
    rules,
    team,
)

app_name = "escalation"
urlpatterns = [
    path("board/", boards.board, name="board"),
    path("board/<int:team_id>/", boards.board, name="team_board"),
    path("board/<int:team_id>/people/<int:agent_id>/", boards.in_hand, name="in_hand"),
    path("board/<int:team_id>/spread/", boards.spread, name="spread"),
    path("board/capacity/<int:agent_id>/", boards.capacity, name="capacity"),
    path("must-be-solved/", boards.must_be_solved, name="must_be_solved"),
    path("service/", overview.overview, name="overview"),
    path("service/policies/new/", policies.policy, name="make_policy"),
    path("service/policies/<int:policy_id>/", policies.policy, name="policy"),
    path("service/rules/new/", rules.rule, name="make_rule"),
    path("service/rules/<int:rule_id>/", rules.rule, name="rule"),
    path("service/rules/<int:rule_id>/act/", rules.rule_act, name="rule_act"),
    path("service/plans/new/", plans.plan, name="make_plan"),
    path("service/plans/<int:plan_id>/", plans.plan, name="plan"),
    path("service/customers/<int:number>/plan/", plans.give, name="give_plan"),
    path("service/topics/new/", plans.topic, name="make_topic"),
    path("service/topics/<int:topic_id>/", plans.topic, name="topic"),
    path("service/channels/<int:channel_id>/", acknowledgements.acknowledgement, name="acknowledgement"),
    path("promises/<int:number>/", promises.panel, name="promise"),
    path("ahead/<int:number>/", ahead.panel, name="ahead"),
    path("presence/", presence.presence, name="presence"),
    path("handover/", handover.handover, name="handover"),
    path("shifts/", calendar.calendar, name="calendar"),
    path("shifts/people/<int:agent_id>/", person.person, name="shifts_of"),
    path("shifts/people/<int:agent_id>/change/", person.change, name="plan_change"),
    path("shifts/people/<int:agent_id>/change/<int:change_id>/drop/", person.drop, name="drop_change"),
    path("shifts/people/<int:agent_id>/calendar.ics", person.ics, name="ics"),
    path("shifts/people/<int:agent_id>/import/", person.import_ics, name="import_ics"),
    path("shifts/people/<int:agent_id>/absent/", presence.absent, name="absent"),
    path("shifts/teams/<int:team_id>/", team.team, name="calendar_of"),
]
