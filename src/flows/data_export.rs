//! Everything that is kept about one person, for themselves. What lets somebody in (hashes, keys,
//! codes) is no answer to what we know of them and is left out. docs/personal-data.md says what the
//! fields mean; they are kept.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, read};
use crate::base::error::AppError;
use crate::base::user_agent;
use crate::base::words::reader::Reader;
use crate::base::words::rfc3339;
use crate::domain::accounts::{self, AccountId, Role};
use crate::domain::devices::trusted;
use crate::domain::factors::{self, passkeys, totp};
use crate::domain::providers::identities;
use crate::domain::sessions::{Session, session_columns};
use crate::domain::{groups, personal_tokens};
use crate::flows::acting::Person;
use serde::Serialize;

/// All but the activity, which may be long and is read part by part.
#[derive(Debug, Serialize)]
pub struct PersonalData {
    /// Changes only when a field goes or means something else.
    pub format: u32,
    pub made_at: String,
    /// Where it is from.
    pub service: String,
    pub account: About,
    pub groups: Vec<String>,
    pub second_factors: SecondFactors,
    pub passkeys: Vec<Named>,
    pub connections: Vec<Connection>,
    pub access_tokens: Vec<Token>,
    pub devices: Vec<Device>,
    pub sessions: Vec<Told>,
}

#[derive(Debug, Serialize)]
pub struct About {
    pub id: String,
    /// None of somebody who was imported without an address.
    pub email: Option<String>,
    pub email_confirmed_at: Option<String>,
    pub username: String,
    /// The one in use among them, the oldest first.
    pub usernames_ever: Vec<String>,
    pub display_name: String,
    pub role: &'static str,
    pub created_at: String,
    pub has_password: bool,
    pub password_changed_at: Option<String>,
    /// When the policy of second factors first met this person without one.
    pub second_factor_asked_at: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct SecondFactors {
    pub authenticator_apps: Vec<Named>,
    pub recovery_codes_left: i64,
}

/// A thing that signs in, without what it does that with.
#[derive(Debug, Serialize)]
pub struct Named {
    pub name: Option<String>,
    pub created_at: String,
    pub last_used_at: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Connection {
    pub provider: String,
    pub issuer: String,
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub created_at: String,
    pub last_used_at: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Token {
    pub name: String,
    pub scope: String,
    pub created_at: String,
    pub expires_at: String,
    pub last_used_at: Option<String>,
    pub last_used_address: Option<String>,
}

/// A browser that signed in before.
#[derive(Debug, Serialize)]
pub struct Device {
    pub name: Option<String>,
    pub first_seen_at: String,
    pub last_seen_at: String,
    /// Until when the password alone signs in there.
    pub trusted_until: Option<String>,
}

/// A session, live or over.
#[derive(Debug, Serialize)]
pub struct Told {
    pub id: String,
    pub method: String,
    pub device: String,
    pub user_agent: String,
    pub address: String,
    pub last_user_agent: String,
    pub last_address: String,
    pub program: bool,
    pub started_at: String,
    pub last_seen_at: String,
    pub ends_at: String,
    pub ended_at: Option<String>,
    pub end_reason: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    #[sqlx(flatten)]
    session: Session,
    ended_at: Option<UnixMicros>,
    end_reason: Option<String>,
}

#[derive(sqlx::FromRow)]
struct DeviceRow {
    id: uuid::Uuid,
    name: Option<String>,
    first_seen_at: UnixMicros,
    last_seen_at: UnixMicros,
}

/// RFC 3339.
fn time(at: UnixMicros) -> String {
    rfc3339(at.0)
}

/// Collects it for the person it is about, who reads as `reader` does.
pub async fn of(db: &Db, person: &Person, reader: &Reader) -> Result<PersonalData, AppError> {
    let config = db.config();
    let (account, now) = (&person.account, db.now());
    let id = account.id;
    Ok(PersonalData {
        format: 1,
        made_at: time(now),
        service: config.server.public_url.origin().to_owned(),
        account: about(db, person).await?,
        groups: groups::of(db, id).await?.iter().map(ToString::to_string).collect(),
        second_factors: SecondFactors {
            authenticator_apps: totp::list(db, id)
                .await?
                .into_iter()
                .map(|app| named(app.name, app.created_at, app.last_used_at))
                .collect(),
            recovery_codes_left: factors::recovery_codes_left(db, id).await?,
        },
        passkeys: passkeys::list(db, id)
            .await?
            .into_iter()
            .map(|key| named(key.name, key.created_at, key.last_used_at))
            .collect(),
        connections: identities::list(db, id).await?.into_iter().map(Connection::from).collect(),
        access_tokens: personal_tokens::list(db, id, now).await?.into_iter().map(Token::from).collect(),
        devices: devices(db, id, now).await?,
        sessions: sessions(db, id).await?.into_iter().map(|row| Told::new(row, reader)).collect(),
    })
}

async fn about(db: &Db, person: &Person) -> Result<About, sqlx::Error> {
    let account = &person.account;
    let usernames = accounts::usernames_of(db, account.id).await?;
    Ok(About {
        id: account.id.0.to_string(),
        email: account.email.known().map(str::to_owned),
        email_confirmed_at: account.email_verified_at.map(time),
        username: account.username.as_str().to_owned(),
        usernames_ever: usernames.iter().map(|name| name.as_str().to_owned()).collect(),
        display_name: account.display_name.as_str().to_owned(),
        role: if account.role == Role::Admin { "admin" } else { "member" },
        created_at: time(account.created_at),
        has_password: account.password_hash.is_some(),
        password_changed_at: account.password_changed_at.map(time),
        second_factor_asked_at: account.second_factor_asked_at.map(time),
    })
}

fn named(name: Option<String>, created_at: UnixMicros, last_used_at: Option<UnixMicros>) -> Named {
    Named { name, created_at: time(created_at), last_used_at: last_used_at.map(time) }
}

async fn devices(db: &Db, account: AccountId, now: UnixMicros) -> Result<Vec<Device>, sqlx::Error> {
    const DEVICES: &str = "SELECT id, name, first_seen_at, last_seen_at \
        FROM devices \
        WHERE account_id = $1 \
        ORDER BY last_seen_at DESC, id";
    let config = db.config();
    let rows: Vec<DeviceRow> = read!(db, |pool| sqlx::query_as(DEVICES).bind(account).fetch_all(pool).await)?;
    let trusted = match trusted::span(&config.second_factor) {
        Some(span) => trusted::of_account(db, account, span, now).await?,
        None => Vec::new(),
    };
    let until = |id| trusted.iter().find(|browser| browser.device_id.0 == id).map(|browser| time(browser.expires_at));
    Ok(rows
        .into_iter()
        .map(|row| Device {
            trusted_until: until(row.id),
            name: row.name,
            first_seen_at: time(row.first_seen_at),
            last_seen_at: time(row.last_seen_at),
        })
        .collect())
}

async fn sessions(db: &Db, account: AccountId) -> Result<Vec<SessionRow>, sqlx::Error> {
    const SESSIONS: &str = concat!(
        "SELECT ",
        session_columns!(),
        ", s.ended_at, s.end_reason FROM sessions s WHERE s.account_id = $1 ORDER BY s.started_at DESC, s.handle DESC"
    );
    read!(db, |pool| sqlx::query_as(SESSIONS).bind(account).fetch_all(pool).await)
}

impl From<identities::Connection> for Connection {
    fn from(connection: identities::Connection) -> Self {
        Self {
            provider: connection.provider,
            issuer: connection.issuer,
            email: connection.email,
            display_name: connection.display_name,
            created_at: time(connection.created_at),
            last_used_at: connection.last_used_at.map(time),
        }
    }
}

impl From<personal_tokens::Listed> for Token {
    fn from(token: personal_tokens::Listed) -> Self {
        Self {
            name: token.name,
            scope: token.scope,
            created_at: time(token.created_at),
            expires_at: time(token.expires_at),
            last_used_at: token.last_used_at.map(time),
            last_used_address: token.last_used_address,
        }
    }
}

impl Told {
    fn new(row: SessionRow, reader: &Reader) -> Self {
        let session = row.session;
        Self {
            id: session.handle.0.to_string(),
            device: user_agent::describe(reader, &session.user_agent),
            method: session.method,
            user_agent: session.user_agent,
            address: session.address,
            last_user_agent: session.seen_user_agent,
            last_address: session.seen_address,
            program: session.program,
            started_at: time(session.started_at),
            last_seen_at: time(session.last_seen_at),
            ends_at: time(session.ends_at),
            ended_at: row.ended_at.map(time),
            end_reason: row.end_reason,
        }
    }
}
