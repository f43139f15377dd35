# What every page shares. Keys: what it is for, a dash, what it is. Sentence case, second person, no exclamation marks.

## The frame
skip-to-content = Skip to content
account-navigation = Your account
form-offline = We could not reach the server. Check your connection and try again. What you typed is still here.
password-reveal = Show password

## Lists
pager-navigation = Pages
pager-newer = Newer
pager-older = Older

## Times
when-now = just now
when-minutes =
    { $count ->
        [one] 1 minute ago
       *[other] { $count } minutes ago
    }
when-hours =
    { $count ->
        [one] 1 hour ago
       *[other] { $count } hours ago
    }
when-days =
    { $count ->
        [one] yesterday
       *[other] { $count } days ago
    }
when-in-minutes =
    { $count ->
        [one] in 1 minute
       *[other] in { $count } minutes
    }
when-in-hours =
    { $count ->
        [one] in 1 hour
       *[other] in { $count } hours
    }
when-in-days =
    { $count ->
        [one] tomorrow
       *[other] in { $count } days
    }

## How long something lasts: "Wait 15 minutes", "not used for an hour and 30 minutes"
span-minutes =
    { $count ->
        [one] a minute
       *[other] { $count } minutes
    }
span-hours =
    { $count ->
        [one] an hour
       *[other] { $count } hours
    }
span-days =
    { $count ->
        [one] a day
       *[other] { $count } days
    }
span-both = { $first } and { $second }

## Labels and help of fields
field-identifier = E-mail or username
field-email = E-mail
field-password = Password
field-current-password = Current password
field-new-password = New password
field-new-password-help = At least { $minimum } characters. A few words you will remember are better than symbols.
field-display-name = Name
field-display-name-help = How we address you.
field-username = Username
field-username-help = You can sign in with it too. 3 to 40 letters a to z, digits, dots, dashes and underscores. A name you give up is never given to anybody else.
field-remember = This is my own device
field-remember-help = You stay signed in when the browser is closed.
field-shared = This is a shared computer
field-shared-help = You are signed out after { $time } without use, and when the browser is closed.

## Buttons
continue-button = Continue
save-button = Save
back-to-sign-in = Back to sign in

## When there is no page, or it can't be shown
not-found-title = Page not found
not-found-text = There is nothing at this address. The link may be old, or mistyped.
not-found-link = Go to the start page
refusal-title = This page can’t be shown
refusal-link = Try again
