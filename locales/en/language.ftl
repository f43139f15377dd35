# The language itself, and how it writes what is no word.

# In the language itself: how people who speak it find it.
language-name = English
# ltr (left to right) or rtl (right to left).
language-direction = ltr
# Between thousands: 1,000,000.
number-separator = ,
# $hour and $minute have two digits; $zone is an abbreviation such as CET, or UTC+05:30 where there is none.
moment =
    { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }, { $hour }:{ $minute } { $zone }

## Choosing one
language-switch = Language
field-language = Language
field-language-help = Of pages and of mails to you.
field-language-browser = The browser’s
field-time-zone = Time zone
field-time-zone-help = By which times are told. Mails tell them in UTC where it is left to the browser.
field-time-zone-browser = The browser’s
