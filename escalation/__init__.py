"""Who must act, and by when: shifts, routing, hand-over and the ladder. It acts only through `inbox.desk`."""
