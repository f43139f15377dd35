//! The small parts of the grammar that the reader needs.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use syn::{Attribute, Item, Meta, UseTree};

/// The first segment of a path that begins with `::` and so names a crate, whatever is in scope.
pub const OUTSIDE: &str = "::";

/// A path as it is spelled, as `["super", "links", "LinkToken"]`.
pub type Spelled = Vec<String>;

/// One name that a `use` brings.
pub struct Leaf {
    pub path: Spelled,
    pub line: usize,
    /// What it is called from here on, `*` for all that is in it.
    pub name: Option<String>,
}

pub fn leaves_of(tree: &UseTree, above: &mut Spelled, line: usize, leaves: &mut Vec<Leaf>) {
    let mut leaf = |last: &Ident, name: &Ident| {
        let mut path = above.clone();
        if last != "self" || path.is_empty() {
            path.push(plain(last));
        }
        let name = if name == "self" { path.last().cloned() } else { Some(plain(name)) };
        let name = name.filter(|name| name != "_");
        leaves.push(Leaf { path, line: last.span().start().line, name });
    };
    match tree {
        UseTree::Name(node) => leaf(&node.ident, &node.ident),
        UseTree::Rename(node) => leaf(&node.ident, &node.rename),
        UseTree::Glob(_) => leaves.push(Leaf { path: above.clone(), line, name: Some("*".to_owned()) }),
        UseTree::Group(group) => group.items.iter().for_each(|item| leaves_of(item, above, line, leaves)),
        UseTree::Path(node) => {
            above.push(plain(&node.ident));
            leaves_of(&node.tree, above, node.ident.span().start().line, leaves);
            above.pop();
        }
    }
}

/// The path that begins at the first of these tokens, and over how many of them it goes.
pub fn path_at(trees: &[TokenTree]) -> (Spelled, usize) {
    let mut path = Vec::new();
    let mut at = 0;
    while let Some(TokenTree::Ident(word)) = trees.get(at) {
        path.push(plain(word));
        match trees.get(at + 1..at + 4) {
            Some([first, second, TokenTree::Ident(_)]) if colons(first, second) => at += 3,
            _ => return (path, at + 1),
        }
    }
    (path, at.max(1))
}

/// The path as it counts after these tokens: none behind a `$` (a macro's own variable) or as the
/// end of a `<…>::path`.
pub fn after(before: &[TokenTree], mut path: Spelled) -> Option<Spelled> {
    match before {
        [.., TokenTree::Punct(dollar)] if dollar.as_char() == '$' => (path[0] == "crate").then_some(path),
        [.., TokenTree::Punct(end), first, second] if end.as_char() == '>' && colons(first, second) => None,
        [.., first, second] if colons(first, second) => {
            path.insert(0, OUTSIDE.to_owned());
            Some(path)
        }
        _ => Some(path),
    }
}

fn colons(first: &TokenTree, second: &TokenTree) -> bool {
    matches!((first, second), (TokenTree::Punct(first), TokenTree::Punct(second))
        if first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':')
}

/// The import that follows a `use` among the tokens of a macro, `$crate` included, and how many
/// tokens it has.
pub fn use_in(trees: &[TokenTree]) -> Option<(UseTree, usize)> {
    let ends = |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == ';');
    let length = trees.iter().position(ends)?;
    let dollar = |tree: &&TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == '$');
    let tokens: TokenStream = trees[..length].iter().filter(|tree| !dollar(tree)).cloned().collect();
    Some((syn::parse2(tokens).ok()?, length))
}

/// Whether what has these attributes is compiled for tests only.
pub fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => needs_test(list.tokens.clone()),
        _ => false,
    })
}

/// Whether a condition holds under test alone: `test`, or `all(…)` with it. What `not(…)` or
/// `any(…)` has, counts as built.
fn needs_test(condition: TokenStream) -> bool {
    let trees: Vec<TokenTree> = condition.into_iter().collect();
    match trees.as_slice() {
        [TokenTree::Ident(word), TokenTree::Group(group)]
            if word == "all" && group.delimiter() == Delimiter::Parenthesis =>
        {
            let all: Vec<TokenTree> = group.stream().into_iter().collect();
            let comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == ',');
            all.split(comma).any(|part| needs_test(part.iter().cloned().collect()))
        }
        [TokenTree::Ident(word)] => word == "test",
        _ => false,
    }
}

/// The file that a `#[path = "…"]` names.
pub fn elsewhere(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

pub fn plain(word: &Ident) -> String {
    word.to_string().trim_start_matches("r#").to_owned()
}

/// The paths in quotes among the tokens of an attribute, as in `#[serde(with = "crate::times")]`.
pub fn quoted(tokens: TokenStream) -> Vec<(Spelled, usize)> {
    let path_in = |tree: TokenTree| {
        let text = syn::parse_str::<syn::LitStr>(&tree.to_string()).ok()?.value();
        let path = syn::parse_str::<syn::Path>(&text).ok()?;
        let path: Spelled = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        (path.len() > 1).then(|| (path, tree.span().start().line))
    };
    tokens.into_iter().filter_map(path_in).collect()
}

/// What an item is called, if it can be named by a path.
pub fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

pub fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
