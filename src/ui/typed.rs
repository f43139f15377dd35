use leptos::prelude::*;

/// What was typed into the fields of this page before, where it is asked for again. The app
/// provides it as context. No `Debug`: people type a password into the wrong field now and then.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// Of names and values, as a form sends them.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }
}

/// Whether the box `name` is ticked: as it was before, where its page was filled in before; else as
/// `usual`. Forms send no box that is not.
pub(super) fn ticked(name: &str, usual: bool) -> bool {
    use_context::<Typed>().map_or(usual, |Typed(fields)| fields.iter().any(|(field, _)| field == name))
}

/// What was typed into the field `name` before.
pub(super) fn typed(name: &str) -> Option<String> {
    let Typed(fields) = use_context()?;
    fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
}
