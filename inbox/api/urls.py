"""Where the API is: version 1."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView

from inbox.api import acts, answers, conversations, docs, guidelines, messages, session, tokens

app_name = "api"
HERE = "v1/conversations/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/conversations/", conversations.conversations, name="conversations"),
    path(HERE, conversations.conversation, name="conversation"),
    path(f"{HERE}messages/", messages.messages, name="messages"),
    path(f"{HERE}reply/", messages.reply, name="reply"),
    path(f"{HERE}note/", messages.note, name="note"),
    path(f"{HERE}messages/<int:message>/undo/", messages.undo, name="undo"),
    path(f"{HERE}deliveries/<int:delivery>/decide/", acts.decide, name="decide"),
    path(f"{HERE}take/", acts.take_it, name="take"),
    path(f"{HERE}take-over/", acts.take_over, name="take_over"),
    path(f"{HERE}accept/", acts.accept, name="accept"),
    path(f"{HERE}pass-on/", acts.pass_on, name="pass_on"),
    path(f"{HERE}pass-up/", acts.pass_up, name="pass_up"),
    path(f"{HERE}give-back/", acts.give_back, name="give_back"),
    path(f"{HERE}solve/", acts.solve_it, name="solve"),
    path(f"{HERE}open/", acts.open_again, name="open_again"),
    path(f"{HERE}wait/", acts.wait, name="wait"),
    path(f"{HERE}needs-us/", acts.needs_us, name="needs_us"),
    path("v1/answers/", answers.answers, name="answers"),
    path("v1/guidelines/", guidelines.guidelines, name="guidelines"),
    path("v1/session/", session.session, name="session"),
    path("v1/tokens/", tokens.tokens, name="tokens"),
    path("v1/tokens/<int:pk>/", tokens.token, name="token"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs/", docs.Docs.as_view(url_name="api:schema"), name="docs"),
]
