## Navigation
nav-to-account = Your account
nav-admin = Overview
nav-admin-users = People
nav-admin-sessions = Sessions
nav-admin-activity = Activity

## Sessions
admin-sessions-title = Sessions
admin-sessions-text =
    { $count ->
        [one] 1 session is open, yours.
       *[other] { NUMBER($count) } sessions are open, yours among them.
    }
admin-sessions-heading = Who is signed in where
admin-sessions-filter-button = Filter
admin-sessions-person = Person
admin-sessions-device = Device
admin-sessions-address = Network address
admin-sessions-signed-in = Signed in
admin-sessions-last-active = Last active
admin-sessions-ends = Ends
admin-sessions-acts = What you can do
# Below the address that a session is used from now.
admin-sessions-address-before = at first { $address }
admin-sessions-own = Your session
admin-sessions-end-one = End session
admin-sessions-age = Signed in
admin-sessions-age-any = At any time
admin-sessions-age-hour = Over an hour ago
admin-sessions-age-day = Over a day ago
admin-sessions-age-week = Over a week ago
admin-sessions-no-person = Nobody here has this address or username. Check the spelling.
admin-sessions-no-address = Enter an address such as 192.0.2.1, the beginning of one such as 192.0.2, or a block such as 192.0.2.0/24.
admin-sessions-no-device = Enter a part of a device’s name, its browser or its system.
admin-sessions-no-match = Nothing matches
admin-sessions-no-match-text = No open session matches all of this.
admin-sessions-no-match-so-far = Nothing found so far
admin-sessions-no-match-so-far-text = None of the sessions looked through matches. “Older” looks further back.
admin-sessions-no-more = Nothing here any more
admin-sessions-no-more-text = The sessions of this page have ended.
admin-sessions-ended =
    { $count ->
        [0] Nothing was left to end: it was over already.
        [one] 1 session is ended. It is refused at its next request.
       *[other] { NUMBER($count) } sessions are ended. They are refused at their next request.
    }
admin-sessions-end-person = End all of this person’s sessions
admin-sessions-end-person-text = { $email } is signed out on every device, whatever else is filtered above, and can sign in again.
admin-sessions-own-stays = The session you are using now stays open.
admin-sessions-end-all = End every session

## Before every session is ended
admin-end-all-heading =
    { $count ->
        [one] 1 session ends
       *[other] { NUMBER($count) } sessions end
    }
admin-end-all-text = Everybody is signed out on every device at their next click, and loses what they have not saved. They can sign in again at once. This can’t be taken back.
admin-end-all-own = Only the session you are using now, in { $device }, stays open.
