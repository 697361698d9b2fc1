"""The street: pages of the demo where one plays the customer, by mail and on the two networks."""
