"""Where every page of the desk is."""

from django.urls import path

from inbox.web import acts, channels, conversation, files, held, lists, me, people, signing_in

app_name = "inbox"
HERE = "c/<str:view>/<int:number>/"

urlpatterns = [
    path("", lists.home, name="home"),
    path("rail/", lists.rail, name="rail"),
    path("search/", lists.search, name="search"),
    path("link/<str:secret>/", signing_in.one_time_link, name="link"),
    path("c/<str:view>/", lists.conversation_list, name="list"),
    path(HERE, conversation.conversation, name="conversation"),
    path(f"{HERE}menu/", conversation.menu, name="menu"),
    path(f"{HERE}reply/", acts.send_reply, name="reply"),
    path(f"{HERE}note/", acts.write_note, name="note"),
    path(f"{HERE}take/", acts.take_it, name="take"),
    path(f"{HERE}take-over/", acts.take_over, name="take_over"),
    path(f"{HERE}accept/", acts.accept, name="accept"),
    path(f"{HERE}pass-on/", acts.pass_it_on, name="pass_on"),
    path(f"{HERE}solve/", acts.solve_it, name="solve"),
    path(f"{HERE}open/", acts.open_again, name="open_again"),
    path(f"{HERE}wait/", acts.wait, name="wait"),
    path(f"{HERE}needs-us/", acts.needs_us, name="needs_us"),
    path(f"{HERE}merge/", acts.merge_into, name="merge"),
    path(f"{HERE}split/", acts.split_off, name="split"),
    path(f"{HERE}undo/", acts.undo_rearranging, name="undo_rearranging"),
    path(f"{HERE}dismiss/", acts.dismiss, name="dismiss"),
    path(f"{HERE}decide/", acts.decide, name="decide"),
    path(f"{HERE}messages/<int:message>/undo/", acts.undo, name="undo_send"),
    path("formatted/<int:number>/<int:message>/", conversation.formatted, name="formatted"),
    path("files/<uuid:uuid>/", files.attachment, name="file"),
    path("originals/<int:item>/", files.original, name="original"),
    path("uploads/", files.upload, name="upload"),
    path("held/<str:kind>/", held.held_list, name="held"),
    path("held/items/<int:item>/", held.held_decision, name="held_decision"),
    path("channels/", channels.channel_list, name="channels"),
    path("channels/new/<str:kind>/", channels.connect_channel, name="connect_channel"),
    path("channels/<int:channel_id>/", channels.change_channel, name="channel"),
    path("channels/<int:channel_id>/pause/", channels.pause, name="pause_channel"),
    path("people/", people.people, name="people"),
    path("people/new/", people.make_agent, name="make_agent"),
    path("people/<int:agent_id>/", people.change_agent, name="agent"),
    path("people/<int:agent_id>/act/", people.agent_act, name="agent_act"),
    path("people/teams/new/", people.team, name="make_team"),
    path("people/teams/<int:team_id>/", people.team, name="team"),
    path("people/levels/<int:number>/", people.level, name="level"),
    path("people/brands/new/", people.brand, name="make_brand"),
    path("people/brands/<int:brand_id>/", people.brand, name="brand"),
    path("me/", me.me, name="me"),
]
