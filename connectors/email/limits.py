"""How much of one mail is looked at. What goes beyond is left out with the notice `limits`, never refused.

The figures come from mails built to kill parsers: 20,000 addresses, 100,000 parts, 3,000 levels.
"""

HEADER_BYTES = 100_000
RECIPIENTS = 1_000
REFERENCES = 100
REPORTED = 50  # recipients that one report speaks of: each receipt carries the whole report
PARTS = 1_000
DEPTH = 100
HTML_CHARACTERS = 2_000_000
HTML_DEPTH = 500
SPLIT_CHARACTERS = 1_000_000  # of a text that is searched for quotes
LINE_CHARACTERS = 2_000  # of a line that is compared with patterns
NAME_CHARACTERS = 150
UNPACKED_BYTES = 200_000_000  # of a winmail.dat
CALENDAR_BYTES = 1_000_000
