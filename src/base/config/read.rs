//! The two places settings are written in, each setting kept with the place it came from.

use std::{collections::BTreeMap, io, path::Path};

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Visitor,
        value::{Error, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use toml::de::{DeArray, DeInteger, DeTable, DeValue};

use super::{Config, ConfigError, ProviderConfig, Source, forward_auth};
use crate::base::names::ProviderName;

const PREFIX: &str = "DOORWARD__";

/// Sections that hold any number of tables, each under a name of the operator's choosing
/// (`[providers.NAME]`): the section and the keys of each such table.
const NAMED: [(&str, Keys); 1] = [("providers", ProviderConfig::keys)];

type Keys = fn() -> Vec<&'static str>;

/// Settings as they were written, by key (`server.addr`); the later reading wins.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) by_key: BTreeMap<String, Setting>,
}

pub(super) struct Setting {
    pub(super) from: Source,
    pub(super) value: Value,
}

/// One value before its key says what it should be.
#[derive(Clone)]
pub(super) enum Value {
    /// From the environment: the key decides whether it is text, a number, true or false, or a list
    /// with commas. It is not parsed before that, so a password of digits alone stays text with its
    /// leading zeros.
    Variable(String),
    Text(String),
    Number(i64),
    Switch(bool),
    List(Vec<String>),
    /// A section of its own, one of several below a key: see [`of_tables`].
    Table(BTreeMap<String, Value>),
    Tables(Vec<Value>),
    Other,
}

/// The `DOORWARD__` variables of this process. Others are left alone: they may not even be UTF-8.
pub fn process_environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        // What is not UTF-8 turns into U+FFFD here, which `Config::load` refuses.
        let value = value.to_string_lossy().into_owned();
        name.starts_with(PREFIX).then_some((name, value))
    })
}

impl Settings {
    pub(super) fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|reason| unreadable(path, reason))?;
        self.read_toml(path, &text)
    }

    pub(super) fn read_file_if_there(&mut self, path: &Path) -> Result<(), ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => self.read_toml(path, &text),
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(reason) => Err(unreadable(path, reason)),
        }
    }

    pub(super) fn read_toml(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let document = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
            path: path.to_owned(),
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            reason: error.message().to_owned(),
        })?;
        let known = KnownKeys::new();
        for (section, content) in document.get_ref() {
            let at = |offset| Source::File { path: path.to_owned(), line: line_of(text, offset) };
            let from = at(section.span().start);
            let section = section.get_ref().as_ref();
            known.expect_section(section).map_err(|reason| refused(from.clone(), section, reason))?;
            let DeValue::Table(content) = content.get_ref() else {
                let reason = format!("is a section: write [{section}] and its keys below it");
                return Err(refused(from, section, reason));
            };
            if named(section).is_some() {
                for (name, table) in content {
                    let key = format!("{section}.{}", name.get_ref());
                    let from = at(name.span().start);
                    let DeValue::Table(table) = table.get_ref() else {
                        let reason = format!("is a table: write [{key}] and its keys below it");
                        return Err(refused(from, &key, reason));
                    };
                    expect_name(name.get_ref()).map_err(|reason| refused(from, &key, reason))?;
                    self.read_table(&known, &key, table, &at)?;
                }
            } else {
                self.read_table(&known, section, content, &at)?;
            }
        }
        Ok(())
    }

    /// Each `[[key]]`, as the settings `key[1]` for the table itself and `key[1].name` for what
    /// stands in it.
    fn read_tables(
        &mut self,
        key: &str,
        names: &[&str],
        tables: &DeArray<'_>,
        at: impl Fn(usize) -> Source,
    ) -> Result<(), ConfigError> {
        for (number, table) in (1..).zip(tables.iter()) {
            let (key, from) = (format!("{key}[{number}]"), at(table.span().start));
            let DeValue::Table(content) = table.get_ref() else {
                return Err(refused(from, &key, "must be a table: its keys below a line of their own".to_owned()));
            };
            for (name, value) in content {
                let (key, from) = (format!("{key}.{}", name.get_ref()), at(name.span().start));
                if !names.contains(&name.get_ref().as_ref()) {
                    return Err(refused(from, &key, format!("unknown key; there are {}", names.join(", "))));
                }
                self.by_key.insert(key, Setting { from, value: Value::from_toml(value.get_ref()) });
            }
            self.by_key.insert(key, Setting { from, value: Value::Table(BTreeMap::new()) });
        }
        Ok(())
    }

    fn read_table(
        &mut self,
        known: &KnownKeys,
        section: &str,
        content: &DeTable<'_>,
        at: &dyn Fn(usize) -> Source,
    ) -> Result<(), ConfigError> {
        for (name, value) in content {
            let from = at(name.span().start);
            let key = format!("{section}.{}", name.get_ref());
            known
                .expect_key(section, name.get_ref())
                .and_then(|()| allowed_in_file(&key))
                .map_err(|reason| refused(from.clone(), &key, reason))?;
            if let Some(names) = of_tables(&key) {
                let DeValue::Array(tables) = value.get_ref() else {
                    let reason = format!("is a list of tables: write [[{key}]] and its keys below it");
                    return Err(refused(from, &key, reason));
                };
                self.read_tables(&key, &names, tables, at)?;
                continue;
            }
            let value = Value::from_toml(value.get_ref());
            self.by_key.insert(key, Setting { from, value });
        }
        Ok(())
    }

    pub(super) fn read_environment(
        &mut self,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let known = KnownKeys::new();
        for (variable, value) in environment {
            let Some(rest) = variable.strip_prefix(PREFIX) else {
                continue;
            };
            let key = key_of_variable(rest);
            let (section, name) = key.rsplit_once('.').unwrap_or((&key, ""));
            let (first, table) = section.split_once('.').map_or((section, None), |(first, table)| (first, Some(table)));
            let check = in_capitals(rest)
                .and_then(|()| known.expect_section(first))
                .and_then(|()| table.map_or(Ok(()), expect_name))
                .and_then(|()| known.expect_key(section, name));
            let from = Source::Environment(variable);
            check.map_err(|reason| refused(from.clone(), &key, reason))?;
            if of_tables(&key).is_some() {
                return Err(refused(from, &key, "is written in the file: a variable has no room for it".to_owned()));
            }
            if value.contains(char::REPLACEMENT_CHARACTER) {
                return Err(refused(from, &key, "must be UTF-8 text".to_owned()));
            }
            let value = Value::Variable(value);
            self.by_key.insert(key, Setting { from, value });
        }
        Ok(())
    }
}

fn expect_name(name: &str) -> Result<(), String> {
    name.parse::<ProviderName>().map(|_| ()).map_err(|wrong| wrong.to_string())
}

/// Two spellings of one variable would make it a matter of luck which of them counts.
fn in_capitals(rest: &str) -> Result<(), String> {
    if rest.contains(|letter: char| letter.is_ascii_lowercase()) {
        return Err("must be written in capitals".to_owned());
    }
    Ok(())
}

/// A file is copied, backed up and committed together with the rest; the key that opens the
/// database must not travel with it.
fn allowed_in_file(key: &str) -> Result<(), String> {
    if key == "server.secret_key" {
        return Err("must not be written in this file, which gets copied and backed up: use server.secret_key_file, \
             or the variable DOORWARD__SERVER__SECRET_KEY"
            .to_owned());
    }
    Ok(())
}

fn unreadable(path: &Path, reason: io::Error) -> ConfigError {
    let path = path.to_owned();
    ConfigError::Unreadable { path, reason }
}

fn refused(from: Source, key: &str, reason: String) -> ConfigError {
    let key = key.to_owned();
    ConfigError::Setting { from, key, reason }
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
}

/// The keys there are, taken from the sections themselves.
struct KnownKeys(Vec<&'static str>);

impl KnownKeys {
    fn new() -> Self {
        let entries = Config::default().entries();
        Self(entries.into_iter().map(|(key, _)| key).collect())
    }

    fn expect_section(&self, section: &str) -> Result<(), String> {
        let mut sections: Vec<&str> = self.0.iter().filter_map(|key| key.split('.').next()).collect();
        sections.dedup();
        sections.extend(NAMED.map(|(name, _)| name));
        if sections.contains(&section) {
            return Ok(());
        }
        Err(format!("unknown section; there are {}", sections.join(", ")))
    }

    /// `section` is that of a named table with its name.
    fn expect_key(&self, section: &str, name: &str) -> Result<(), String> {
        let names: Vec<&str> = match section.split_once('.') {
            Some((section, _)) => named(section).map(|keys| keys()).unwrap_or_default(),
            None => {
                let of_section = |key: &&'static str| key.strip_prefix(section)?.strip_prefix('.');
                self.0.iter().filter_map(of_section).collect()
            }
        };
        if names.contains(&name) {
            return Ok(());
        }
        Err(format!("unknown key; [{section}] has {}", names.join(", ")))
    }
}

fn named(section: &str) -> Option<Keys> {
    NAMED.into_iter().find(|(name, _)| *name == section).map(|(_, keys)| keys)
}

/// The keys of each table below `key`, if that is where several tables stand (`[[key]]`).
fn of_tables(key: &str) -> Option<Vec<&'static str>> {
    (key == forward_auth::RULES).then(forward_auth::Rule::keys)
}

/// The place of `key[2]` or `key[2].name` among several tables.
pub(super) fn place_in_tables(key: &str) -> Option<(&str, usize, Option<&str>)> {
    let (tables, rest) = key.split_once('[')?;
    let (number, name) = rest.split_once(']')?;
    Some((tables, number.parse().ok()?, name.strip_prefix('.')))
}

/// `SESSION__IDLE_TIMEOUT` is `session.idle_timeout`, `PROVIDERS__GOOGLE__CLIENT_ID` is
/// `providers.google.client_id`.
fn key_of_variable(rest: &str) -> String {
    let key = rest.to_ascii_lowercase();
    let section = key.split("__").next().unwrap_or_default();
    let separators = if named(section).is_some() { 2 } else { 1 };
    key.replacen("__", ".", separators)
}

impl Value {
    fn from_toml(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.clone().into_owned()),
            DeValue::Integer(number) => integer(number).map_or(Self::Other, Self::Number),
            DeValue::Boolean(on) => Self::Switch(*on),
            DeValue::Array(items) => {
                let texts = items.iter().map(|item| item.get_ref().as_str());
                let texts: Option<Vec<String>> = texts.map(|text| text.map(str::to_owned)).collect();
                texts.map_or(Self::Other, Self::List)
            }
            DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => Self::Other,
        }
    }

    fn whole_number(&self, max: u64) -> Result<u64, Error> {
        let number = match self {
            Self::Number(number) => u64::try_from(*number).ok(),
            Self::Variable(text) => text.parse().ok(),
            _ => None,
        };
        let wrong = || Error::custom(format!("must be a whole number from 0 to {max}"));
        number.filter(|number| *number <= max).ok_or_else(wrong)
    }
}

fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// Messages never repeat the value: it may be a secret in the wrong place.
impl<'de> Deserializer<'de> for Value {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) | Self::Variable(text) => visitor.visit_string(text),
            Self::Table(content) => visitor.visit_map(MapDeserializer::new(content.into_iter())),
            _ => Err(Error::custom("must be text in quotes")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Switch(on) => visitor.visit_bool(on),
            Self::Variable(text) if text == "true" => visitor.visit_bool(true),
            Self::Variable(text) if text == "false" => visitor.visit_bool(false),
            _ => Err(Error::custom("must be true or false")),
        }
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.whole_number(u16::MAX.into())?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.whole_number(u32::MAX.into())?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = match self {
            Self::Tables(tables) => return visitor.visit_seq(SeqDeserializer::new(tables.into_iter())),
            Self::List(items) => items,
            Self::Variable(text) => {
                let items = text.split(',').map(str::trim);
                items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
            _ => return Err(Error::custom(r#"must be a list such as ["one", "two"]"#)),
        };
        visitor.visit_seq(SeqDeserializer::new(items.into_iter()))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
