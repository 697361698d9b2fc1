"""English, of no country: the day before the month, which is a word, and hours up to 24."""
