## Attacks, as administrators see them
nav-admin-attacks = Angriffe
admin-attacks-title = Angriffe
admin-attacks-text = Wenn weit mehr Anmeldungen scheitern als sonst, rät jemand Passwörter. Doorward bremst das von selbst; hier sehen Sie, was es bemerkt hat.
admin-attacks-heading = Die letzten 90 Tage
admin-attacks-pressure =
    { $count ->
        [one] 1 Versuch ist in den letzten ein bis zwei Stunden gescheitert;
       *[other] { $count } Versuche sind in den letzten ein bis zwei Stunden gescheitert;
    } in einer durchschnittlichen Stunde der letzten Woche sind es { $usual }.
admin-attacks-strict = Ein Angriff ist im Gang. Netzwerke haben bis zu seinem Ende ein Zehntel ihrer Versuche. Browser, in denen sich jemand schon einmal angemeldet hat, werden nicht gebremst.
admin-attacks-none = Nichts Ungewöhnliches
admin-attacks-none-text = Angriffe erscheinen hier, wenn sie geschehen, und bleiben 90 Tage stehen.
admin-attacks-many-names = Versuche mit vielen Namen
admin-attacks-few-names = Versuche mit wenigen Namen
admin-attacks-one-network = Ein Netzwerk über seiner Grenze
admin-attacks-under-way = Im Gang
admin-attacks-figures =
    { $failures } falsche Versuche mit { $names ->
        [one] 1 Namen
       *[other] { $names } Namen
    }, aus { $networks ->
        [one] 1 Netzwerk
       *[other] { $networks } Netzwerken
    }. Versuche, die warten mussten, zählen nicht mit.
admin-attacks-figures-one = { $failures } falsche Versuche. Versuche, die warten mussten, zählen nicht mit. Die Adresse steht unter „Aktivität“.
admin-attacks-doors = Versucht: { $doors }.
admin-attacks-began = Begonnen
admin-attacks-last = Zuletzt versucht
admin-attacks-door-sign-in = die Anmeldeseite
admin-attacks-door-token = die Schnittstelle für Programme
admin-attacks-door-confirm = die Bestätigung einer Sitzung
admin-attacks-door-other = andere Wege
