"""What higher rooms show within pages of the desk: they name their addresses here, and the page asks for them."""

# Names of addresses that take a conversation's number; each answers with a part of the side pane.
conversation: list[str] = []
# The same, for what stands right below who had it.
after_history: list[str] = []
