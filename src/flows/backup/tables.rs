//! Every table there is: what of it is in a backup, or why it is left out. A test holds this
//! against the schema of both databases, so that no migration forgets it.

/// The oldest migration whose backups can still be restored. Since then tables and columns were
/// only added, and a row without the new ones is as if it had been there when they came. Whoever
/// adds a migration that changes what rows mean raises this to its number.
pub const OLDEST_SCHEMA: i64 = 17;

/// What a column holds, in the words of neither engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Integer,
    Text,
    Blob,
    Uuid,
    Boolean,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub of: Of,
    pub nullable: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub name: &'static str,
    pub content: Content,
}

#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// All of it, but for generated columns.
    Kept(&'static [Column]),
    /// Nothing, and a restore empties it.
    LeftOut { why: &'static str },
    /// It belongs to the database and not to its data: a restore does not touch it.
    OfDatabase { why: &'static str },
}

impl Table {
    /// The columns that a backup has of it; none for a table that is left out.
    pub fn columns(&self) -> &'static [Column] {
        match self.content {
            Content::Kept(columns) => columns,
            Content::LeftOut { .. } | Content::OfDatabase { .. } => &[],
        }
    }
}

macro_rules! nullable {
    () => {
        false
    };
    (null) => {
        true
    };
}

macro_rules! kept {
    ($table:ident { $($column:ident: $of:ident $(or $null:tt)?),+ $(,)? }) => {
        Table {
            name: stringify!($table),
            content: Content::Kept(&[
                $(Column { name: stringify!($column), of: Of::$of, nullable: nullable!($($null)?) },)+
            ]),
        }
    };
}

macro_rules! left_out {
    ($table:ident, $why:literal) => {
        Table { name: stringify!($table), content: Content::LeftOut { why: $why } }
    };
}

macro_rules! of_database {
    ($table:ident, $why:literal) => {
        Table { name: stringify!($table), content: Content::OfDatabase { why: $why } }
    };
}

/// A table comes after those that it refers to.
pub static TABLES: &[Table] = &[
    kept!(accounts {
        id: Uuid,
        email: Text,
        email_verified_at: Integer or null,
        username: Text,
        display_name: Text,
        password_hash: Text or null,
        password_changed_at: Integer or null,
        role: Text,
        disabled_at: Integer or null,
        created_at: Integer,
        second_factor_asked_at: Integer or null,
        password_stands_alone: Boolean,
        frozen_at: Integer or null,
        freeze_holds_until: Integer or null,
        disowned_at: Integer or null,
        disowned_since: Integer or null,
        unproven: Boolean,
        deletion_due_at: Integer or null,
        language: Text or null,
        first_language: Text or null,
        time_zone: Text or null,
    }),
    kept!(used_usernames { username: Text, account_id: Uuid, first_used_at: Integer }),
    kept!(former_usernames { name_hash: Text }),
    kept!(devices {
        id: Uuid,
        account_id: Uuid,
        token_hash: Blob,
        name: Text or null,
        first_seen_at: Integer,
        last_seen_at: Integer,
        proved_at: Integer or null,
    }),
    kept!(sessions {
        handle: Uuid,
        session_key: Blob,
        account_id: Uuid,
        method: Text,
        started_at: Integer,
        confirmed_at: Integer,
        last_seen_at: Integer,
        idle_micros: Integer,
        expires_at: Integer,
        remembered: Boolean,
        address: Text,
        user_agent: Text,
        ended_at: Integer or null,
        end_reason: Text or null,
        device_id: Uuid or null,
        shared: Boolean,
        seen_address: Text,
        seen_user_agent: Text,
        doubted: Text or null,
        doubts: Integer,
        noted_at: Integer,
        program: Boolean,
    }),
    kept!(totp_authenticators {
        id: Uuid,
        account_id: Uuid,
        name: Text or null,
        sealed: Blob,
        algorithm: Text,
        digits: Integer,
        period: Integer,
        last_step: Integer,
        created_at: Integer,
        last_used_at: Integer or null,
    }),
    kept!(recovery_codes {
        code_hash: Blob,
        account_id: Uuid,
        created_at: Integer,
        used_at: Integer or null,
    }),
    kept!(passkeys {
        id: Uuid,
        account_id: Uuid,
        credential_id: Blob,
        relying_party: Text,
        name: Text or null,
        credential: Text,
        created_at: Integer,
        last_used_at: Integer or null,
    }),
    kept!(identities {
        id: Uuid,
        account_id: Uuid,
        issuer: Text,
        subject: Text,
        provider: Text,
        email: Text or null,
        display_name: Text or null,
        created_at: Integer,
        last_used_at: Integer or null,
    }),
    kept!(group_members { group_name: Text, account_id: Uuid, added_at: Integer }),
    kept!(personal_tokens {
        id: Uuid,
        account_id: Uuid,
        token_hash: Blob,
        name: Text,
        scope: Text,
        second_factor: Boolean,
        created_at: Integer,
        expires_at: Integer,
        last_used_at: Integer or null,
        last_used_address: Text or null,
    }),
    kept!(factor_resets { account_id: Uuid, started_at: Integer, due_at: Integer, started_by: Text }),
    kept!(invitations {
        id: Uuid,
        email: Text,
        token_hash: Blob,
        invited_by: Uuid or null,
        created_at: Integer,
        expires_at: Integer,
    }),
    // Counts of wrong tries: whoever guesses gets no new ones by a move or a restore.
    kept!(factor_failures { account_id: Uuid, failures: Integer, last_failed_at: Integer }),
    kept!(device_failures { device_id: Uuid, failures: Integer, last_failed_at: Integer }),
    kept!(limit_counters {
        key_hash: Blob,
        kind: Text,
        failures: Integer,
        last_at: Integer,
        full_until: Integer,
        begun_at: Integer,
        under_way: Integer,
        under_way_before: Integer,
    }),
    kept!(failed_tries { hour: Integer, door: Text, failures: Integer }),
    kept!(attacks {
        id: Uuid,
        network_hash: Blob or null,
        began_at: Integer,
        last_at: Integer,
        failures: Integer,
        names: Integer,
        networks: Integer,
        doors: Text,
        counted_at: Integer,
    }),
    kept!(audit_entries {
        sequence: Integer,
        at: Integer,
        kind: Text,
        account_id: Uuid or null,
        salt: Blob or null,
        details: Text or null,
        commitment: Blob,
        mac: Blob,
    }),
    kept!(audit_head { id: Integer, sequence: Integer, mac: Blob }),
    left_out!(
        links,
        "one that was used or voided since would work again; changes of an address that wait for one end with it"
    ),
    left_out!(mails, "they were sent since, or are too old to be understood"),
    left_out!(pending_logins, "nobody is half signed in to what comes back"),
    left_out!(factor_drafts, "each belongs to a session or to a sign-in that waits"),
    left_out!(trusted_browsers, "trust that was withdrawn since would come back"),
    left_out!(refresh_tokens, "each belongs to a session, which ends"),
    left_out!(app_sessions, "each belongs to a session, which ends"),
    left_out!(hand_overs, "each belongs to a session, which ends"),
    left_out!(provider_attempts, "of the last minutes"),
    left_out!(signing_keys, "one that was taken away since would sign again; new ones are made"),
    of_database!(used_challenges, "of ten minutes; an answer of a passkey that was taken here is not taken again"),
    of_database!(key_check, "the backup has a check of its own, which other programs can't use"),
    of_database!(account_numbers, "SQLite's search of accounts fills it by a trigger"),
];

/// The tables that a backup has, each after those that it refers to.
pub fn kept() -> impl DoubleEndedIterator<Item = &'static Table> {
    TABLES.iter().filter(|table| matches!(table.content, Content::Kept(_)))
}

/// All that a restore empties, each before those that it refers to.
pub fn emptied() -> Vec<&'static str> {
    let left_out = TABLES.iter().filter(|table| matches!(table.content, Content::LeftOut { .. }));
    left_out.chain(kept().rev()).map(|table| table.name).collect()
}
