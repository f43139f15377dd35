## Attacks, as administrators see them
nav-admin-attacks = Attacks
admin-attacks-title = Attacks
admin-attacks-text = When far more sign-ins fail than usual, somebody is guessing. Doorward slows them by itself; what you see here is what it noticed.
admin-attacks-heading = The last 90 days
admin-attacks-pressure =
    { $count ->
        [one] 1 try failed in the last hour or two;
       *[other] { $count } tries failed in the last hour or two;
    } on an average hour of the last week it is { $usual }.
admin-attacks-strict = An attack is under way. Networks have a tenth of their tries until it is over. Browsers that people signed in with before are not slowed.
admin-attacks-none = Nothing unusual
admin-attacks-none-text = Attacks are listed here when they happen, and kept for 90 days.
admin-attacks-many-names = Guesses at many names
admin-attacks-few-names = Guesses at a few names
admin-attacks-one-network = One network beyond its limit
admin-attacks-under-way = Under way
admin-attacks-figures =
    { $failures } wrong tries at { $names ->
        [one] 1 name
       *[other] { $names } names
    }, from { $networks ->
        [one] 1 network
       *[other] { $networks } networks
    }. Tries that had to wait are not counted.
admin-attacks-figures-one = { $failures } wrong tries. Tries that had to wait are not counted. The audit trail has its address.
admin-attacks-doors = Tried: { $doors }.
admin-attacks-began = Began
admin-attacks-last = Last tried
admin-attacks-door-sign-in = the sign-in page
admin-attacks-door-token = the API for programs
admin-attacks-door-confirm = confirming a session
admin-attacks-door-other = other ways
