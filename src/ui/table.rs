use leptos::prelude::*;

/// Things alike with several values each: holds [`Row`]s. On a phone each row is a card; the roles
/// are said again because a table that is laid out otherwise is none any more to some screen
/// readers.
#[component]
pub fn Table(
    /// What it lists, for screen readers.
    #[prop(into)]
    caption: String,
    columns: Vec<String>,
    /// Names the last column, of what can be done, for screen readers.
    #[prop(into)]
    acts: String,
    children: Children,
) -> impl IntoView {
    let heads: Vec<_> = columns
        .into_iter()
        .map(|column| {
            view! {
                <th scope="col" role="columnheader">
                    {column}
                </th>
            }
        })
        .collect();
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    {heads} <th scope="col" role="columnheader">
                        <span class="visually-hidden">{acts}</span>
                    </th>
                </tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}

/// One of the things: holds a [`Cell`] a column, the last one without a label.
#[component]
pub fn Row(children: Children) -> impl IntoView {
    view! { <tr role="row">{children()}</tr> }
}

/// A value: one line, or one for each element in it.
#[component]
pub fn Cell(
    /// The column's name, shown on a card.
    #[prop(optional, into)]
    label: String,
    #[prop(optional, into)] id: String,
    children: Children,
) -> impl IntoView {
    view! {
        <td role="cell" id=(!id.is_empty()).then_some(id) data-label=(!label.is_empty()).then_some(label)>
            <div>{children()}</div>
        </td>
    }
}
