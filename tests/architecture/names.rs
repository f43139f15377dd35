//! What a file names: its modules, its imports, and every path inside it, at its line.

use crate::syntax::{
    OUTSIDE, Spelled, after, attributes_of, elsewhere, for_tests, leaves_of, name_of, path_at, plain, quoted, use_in,
};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Meta, Stmt, TraitItem, UseTree};

/// A path that a module names.
pub struct Mention {
    pub path: Spelled,
    pub line: usize,
    /// In a `use`; everywhere else the first segment may be a name that a `use` brought.
    pub in_use: bool,
}

/// A module with what it names itself. A module inside a file has its own.
#[derive(Default)]
pub struct Module {
    pub path: Vec<String>,
    pub file: String,
    /// Compiled for tests only: it may name anything.
    pub of_tests: bool,
    pub children: BTreeSet<String>,
    pub items: BTreeSet<String>,
    /// What a `use` calls by which name.
    pub bound: BTreeMap<String, Spelled>,
    /// What a `use …::*` opens.
    pub globs: Vec<Spelled>,
    pub mentions: Vec<Mention>,
}

/// A `mod name;`, whose file is one of these.
pub struct Declared {
    pub path: Vec<String>,
    pub files: Vec<String>,
    pub of_tests: bool,
    pub line: usize,
}

/// A file that is to be read as a module.
pub struct Place {
    pub path: Vec<String>,
    pub file: String,
    pub of_tests: bool,
}

/// Reads one file: its modules, the file's own last, and those it declares.
pub fn read(place: &Place, text: &str) -> Result<(Vec<Module>, Vec<Declared>), syn::Error> {
    let parsed = syn::parse_file(text)?;
    let (folder, name) = place.file.rsplit_once('/').unwrap_or(("", &place.file));
    let stem = name.trim_end_matches(".rs");
    let own_folder = matches!(stem, "mod" | "lib" | "main");
    let mut reader = Reader {
        module: Module {
            path: place.path.clone(),
            file: place.file.clone(),
            of_tests: place.of_tests,
            ..Module::default()
        },
        beside: folder.to_owned(),
        folder: if own_folder { folder.to_owned() } else { format!("{folder}/{stem}") },
        done: Vec::new(),
        declared: Vec::new(),
        depth: 0,
    };
    reader.visit_file(&parsed);
    reader.done.push(reader.module);
    Ok((reader.done, reader.declared))
}

struct Reader {
    module: Module,
    /// The folder of the file, and the one where a `mod name;` is looked for.
    beside: String,
    folder: String,
    done: Vec<Module>,
    declared: Vec<Declared>,
    /// How many blocks it is in: an item inside them is none of the module's.
    depth: usize,
}

impl Reader {
    fn mention(&mut self, path: Spelled, line: usize) {
        self.module.mentions.push(Mention { path, line, in_use: false });
    }

    fn mention_uses(&mut self, tree: &UseTree, above: &[String]) {
        let mut leaves = Vec::new();
        leaves_of(tree, &mut above.to_vec(), 0, &mut leaves);
        for leaf in leaves {
            match leaf.name {
                Some(name) if name == "*" => self.module.globs.push(leaf.path.clone()),
                Some(name) => drop(self.module.bound.insert(name, leaf.path.clone())),
                None => {}
            }
            self.module.mentions.push(Mention { path: leaf.path, line: leaf.line, in_use: true });
        }
    }

    /// The paths of tokens that no grammar is known for: what is given to a macro, or in an
    /// attribute.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            match tree {
                TokenTree::Group(group) => self.read_tokens(group.stream()),
                TokenTree::Ident(word) if word == "use" => {
                    if let Some((tree, length)) = use_in(&trees[at + 1..]) {
                        self.mention_uses(&tree, &[]);
                        at += length;
                    }
                }
                TokenTree::Ident(word) => {
                    let line = word.span().start().line;
                    let (path, length) = path_at(&trees[at..]);
                    if path.len() > 1
                        && let Some(path) = after(&trees[..at], path)
                    {
                        self.mention(path, line);
                    }
                    at += length - 1;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn read_inner_module(&mut self, node: &syn::ItemMod, items: &[Item], of_tests: bool) {
        let name = plain(&node.ident);
        let inner = Module {
            path: joined(&self.module.path, &name),
            file: self.module.file.clone(),
            of_tests,
            ..Module::default()
        };
        let folder = format!("{}/{name}", self.folder);
        let outer = std::mem::replace(&mut self.module, inner);
        let outer_folder = std::mem::replace(&mut self.folder, folder);
        items.iter().for_each(|item| self.visit_item(item));
        self.folder = outer_folder;
        self.done.push(std::mem::replace(&mut self.module, outer));
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if for_tests(attributes_of(item)) && !matches!(item, Item::Mod(_)) {
            return;
        }
        if self.depth == 0
            && let Some(name) = name_of(item)
        {
            self.module.items.insert(plain(name));
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, node: &'ast syn::ItemMod) {
        let name = plain(&node.ident);
        let of_tests = self.module.of_tests || for_tests(&node.attrs);
        self.module.children.insert(name.clone());
        if let Some((_, items)) = &node.content {
            self.read_inner_module(node, items, of_tests);
            return;
        }
        let files = match elsewhere(&node.attrs) {
            Some(file) => vec![format!("{}/{file}", self.beside)],
            None => vec![format!("{}/{name}.rs", self.folder), format!("{}/{name}/mod.rs", self.folder)],
        };
        let line = node.ident.span().start().line;
        self.declared.push(Declared { path: joined(&self.module.path, &name), files, of_tests, line });
    }

    fn visit_item_use(&mut self, node: &'ast syn::ItemUse) {
        let above = node.leading_colon.map(|_| OUTSIDE.to_owned());
        self.mention_uses(&node.tree, above.as_slice());
    }

    fn visit_block(&mut self, node: &'ast syn::Block) {
        self.depth += 1;
        visit::visit_block(self, node);
        self.depth -= 1;
    }

    fn visit_stmt(&mut self, node: &'ast Stmt) {
        let skipped = match node {
            Stmt::Local(local) => for_tests(&local.attrs),
            Stmt::Macro(call) => for_tests(&call.attrs),
            Stmt::Item(_) | Stmt::Expr(..) => false,
        };
        if !skipped {
            visit::visit_stmt(self, node);
        }
    }

    fn visit_impl_item(&mut self, node: &'ast ImplItem) {
        let skipped = match node {
            ImplItem::Const(item) => for_tests(&item.attrs),
            ImplItem::Fn(item) => for_tests(&item.attrs),
            ImplItem::Type(item) => for_tests(&item.attrs),
            _ => false,
        };
        if !skipped {
            visit::visit_impl_item(self, node);
        }
    }

    fn visit_trait_item(&mut self, node: &'ast TraitItem) {
        let skipped = matches!(node, TraitItem::Fn(item) if for_tests(&item.attrs));
        if !skipped {
            visit::visit_trait_item(self, node);
        }
    }

    fn visit_field(&mut self, node: &'ast syn::Field) {
        if !for_tests(&node.attrs) {
            visit::visit_field(self, node);
        }
    }

    fn visit_variant(&mut self, node: &'ast syn::Variant) {
        if !for_tests(&node.attrs) {
            visit::visit_variant(self, node);
        }
    }

    fn visit_path(&mut self, node: &'ast syn::Path) {
        let mut path: Spelled = node.segments.iter().map(|segment| plain(&segment.ident)).collect();
        if path.len() > 1 {
            if node.leading_colon.is_some() {
                path.insert(0, OUTSIDE.to_owned());
            }
            self.mention(path, node.segments[0].ident.span().start().line);
        }
        visit::visit_path(self, node);
    }

    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        self.visit_path(&node.path);
        self.read_tokens(node.tokens.clone());
    }

    fn visit_attribute(&mut self, node: &'ast Attribute) {
        self.visit_path(node.path());
        match &node.meta {
            Meta::List(list) => {
                // serde takes paths in quotes.
                for (path, line) in quoted(list.tokens.clone()) {
                    self.mention(path, line);
                }
                self.read_tokens(list.tokens.clone());
            }
            Meta::NameValue(pair) => self.visit_expr(&pair.value),
            Meta::Path(_) => {}
        }
    }

    /// Who may see a thing is no import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

fn joined(path: &[String], name: &str) -> Vec<String> {
    path.iter().cloned().chain([name.to_owned()]).collect()
}
