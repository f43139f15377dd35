# The language itself, and how it writes what is no word.

# In the language itself: how people who speak it find it.
language-name = Deutsch
# ltr (left to right) or rtl (right to left).
language-direction = ltr
# Between thousands: 1.000.000.
number-separator = .
# $hour and $minute have two digits; $zone is an abbreviation such as CET, or UTC+05:30 where there is none.
moment =
    { $day }. { $month ->
        [1] Januar
        [2] Februar
        [3] März
        [4] April
        [5] Mai
        [6] Juni
        [7] Juli
        [8] August
        [9] September
        [10] Oktober
        [11] November
       *[12] Dezember
    } { $year }, { $hour }:{ $minute } Uhr { $zone ->
        [CET] MEZ
        [CEST] MESZ
       *[other] { $zone }
    }

## Choosing one
language-switch = Sprache
field-language = Sprache
field-language-help = Der Seiten und der E-Mails an Sie.
field-language-browser = Wie im Browser eingestellt
field-time-zone = Zeitzone
field-time-zone-help = Danach richten sich alle Zeitangaben. Solange der Browser entscheidet, steht in E-Mails UTC.
field-time-zone-browser = Wie im Browser eingestellt
