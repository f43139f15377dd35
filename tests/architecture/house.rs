//! All modules that cargo compiles, found from `lib.rs` and `main.rs`, and what each name in them
//! stands for.

use crate::names::{self, Declared, Mention, Module, Place};
use crate::syntax::OUTSIDE;
use std::collections::{BTreeMap, BTreeSet};

/// The text of each file by its path, as `src/domain/links.rs`.
pub type Sources = BTreeMap<String, String>;

/// The name of the library as the program calls it.
const LIBRARY: &str = "doorward";
/// The program's own modules stand below this one.
pub const PROGRAM: &str = "main";

#[derive(Default)]
pub struct House {
    modules: BTreeMap<Vec<String>, Module>,
    /// What could not be read.
    pub unread: Vec<String>,
    pub files_read: usize,
}

/// What a path stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// The module it lies in, and the path itself from the root of the library.
    Ours { module: Vec<String>, path: Vec<String> },
    /// Something of another crate, whose name is the first segment.
    Foreign(Vec<String>),
}

/// One mention of something outside the room it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    pub file: String,
    pub line: usize,
    pub from: Vec<String>,
    pub to: Named,
}

impl House {
    pub fn read(sources: &Sources) -> House {
        let mut house = House::default();
        let root = |file: &str, path: Vec<String>| Place { path, file: file.to_owned(), of_tests: false };
        let mut ahead = vec![root("src/lib.rs", Vec::new())];
        if sources.contains_key("src/main.rs") {
            ahead.push(root("src/main.rs", vec![PROGRAM.to_owned()]));
        }
        let mut reached = BTreeSet::new();
        while let Some(place) = ahead.pop() {
            reached.insert(place.file.clone());
            for declared in house.read_file(&place, sources) {
                ahead.extend(house.find(&place, declared, sources));
            }
        }
        house.files_read = reached.len();
        for file in sources.keys().filter(|file| !reached.contains(*file)) {
            house.unread.push(format!("{file} is in no module: declare it with `mod`, or delete it."));
        }
        house
    }

    fn read_file(&mut self, place: &Place, sources: &Sources) -> Vec<Declared> {
        let text = sources.get(&place.file).map_or("", String::as_str);
        match names::read(place, text) {
            Ok((modules, declared)) => {
                self.modules.extend(modules.into_iter().map(|module| (module.path.clone(), module)));
                declared
            }
            Err(error) => {
                let line = error.span().start().line;
                self.unread.push(format!("{}:{line} is no Rust: {error}", place.file));
                Vec::new()
            }
        }
    }

    fn find(&mut self, from: &Place, declared: Declared, sources: &Sources) -> Option<Place> {
        match declared.files.iter().find(|file| sources.contains_key(*file)) {
            Some(file) => Some(Place { path: declared.path, file: file.clone(), of_tests: declared.of_tests }),
            None => {
                let (file, line, wanted) = (&from.file, declared.line, declared.files.join(" and no "));
                self.unread.push(format!("{file}:{line} declares a module, and there is no {wanted}."));
                None
            }
        }
    }

    /// Every mention of a module in another room, and of another crate.
    pub fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for module in self.modules.values().filter(|module| !module.of_tests) {
            for mention in &module.mentions {
                let to = self.named(module, &mention.path);
                if self.is_new(module, mention, &to) {
                    let Module { file, path, .. } = module;
                    arrows.push(Arrow { file: file.clone(), line: mention.line, from: path.clone(), to });
                }
            }
        }
        arrows.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        arrows
    }

    /// Whether a mention leaves its room, and not by a name whose `use` has said the same already.
    fn is_new(&self, module: &Module, mention: &Mention, to: &Named) -> bool {
        let said = |to: &Named| match to {
            Named::Ours { module, .. } => room_of(module),
            // What a crate's item is called decides, so that `use http;` does not hide
            // `http::Request`.
            Named::Foreign(path) => path.iter().take(2).cloned().collect::<Vec<_>>().join("::"),
        };
        if matches!(to, Named::Ours { .. }) && said(to) == room_of(&module.path) {
            return false;
        }
        let by_name = module.bound.get(&mention.path[0]).filter(|_| !mention.in_use);
        by_name.is_none_or(|bound| said(&self.named(module, bound)) != said(to))
    }

    /// What a path in a module stands for.
    pub fn named(&self, module: &Module, path: &[String]) -> Named {
        let mut path = match self.in_full(module, path, &mut BTreeSet::new()) {
            Named::Foreign(path) => return Named::Foreign(path),
            Named::Ours { path, .. } => path,
        };
        let mut passed = BTreeSet::new();
        loop {
            let depth = self.depth(&path);
            let (module, rest) = path.split_at(depth);
            match self.passed_on(module, rest).filter(|_| passed.insert(path.clone())) {
                Some(onward) => path = onward,
                None => return Named::Ours { module: module.to_vec(), path },
            }
        }
    }

    /// How many segments of a path from the root are modules.
    fn depth(&self, path: &[String]) -> usize {
        (1..=path.len()).take_while(|length| self.modules.contains_key(&path[..*length])).last().unwrap_or(0)
    }

    /// Where a name lies that a floor's own module, or the root, only passes on with `pub use`. In
    /// a room's module it is the room's own.
    fn passed_on(&self, module: &[String], rest: &[String]) -> Option<Vec<String>> {
        let floor = self.modules.get(module).filter(|_| module.len() < 2)?;
        let (name, behind) = rest.split_first()?;
        if let Some(bound) = floor.bound.get(name) {
            return self.onward(floor, bound, behind);
        }
        floor.globs.iter().find_map(|glob| {
            let opened = self.onward(floor, glob, &[])?;
            let inside = self.modules.get(&opened)?;
            let is_there =
                inside.items.contains(name) || inside.children.contains(name) || inside.bound.contains_key(name);
            is_there.then(|| [opened.as_slice(), rest].concat())
        })
    }

    fn onward(&self, module: &Module, path: &[String], behind: &[String]) -> Option<Vec<String>> {
        match self.in_full(module, path, &mut BTreeSet::new()) {
            Named::Ours { path, .. } => Some([path.as_slice(), behind].concat()),
            Named::Foreign(_) => None,
        }
    }

    /// A path as it is spelled in a module, from the root. `tried` are the names that led here, so
    /// that `use time::time` ends.
    fn in_full(&self, module: &Module, path: &[String], tried: &mut BTreeSet<String>) -> Named {
        let ours = |path: Vec<String>| Named::Ours { module: Vec::new(), path };
        let own_root = usize::from(module.path.first().is_some_and(|first| first == PROGRAM));
        let (first, rest) = (path[0].as_str(), &path[1..]);
        match first {
            OUTSIDE => Named::Foreign(rest.to_vec()),
            LIBRARY => ours(rest.to_vec()),
            "crate" => ours([&module.path[..own_root], rest].concat()),
            "self" | "super" => {
                let above = path.iter().filter(|segment| *segment == "super").count();
                let named = path.iter().skip_while(|segment| matches!(segment.as_str(), "self" | "super"));
                let kept = module.path.len().saturating_sub(above);
                ours(module.path[..kept].iter().chain(named).cloned().collect())
            }
            _ if module.children.contains(first) => ours([module.path.as_slice(), path].concat()),
            _ => match module.bound.get(first).filter(|_| tried.insert(first.to_owned())) {
                Some(bound) => match self.in_full(module, bound, tried) {
                    Named::Ours { path, .. } => ours([path.as_slice(), rest].concat()),
                    Named::Foreign(path) => Named::Foreign([path.as_slice(), rest].concat()),
                },
                None if module.items.contains(first) => ours([module.path.as_slice(), path].concat()),
                None => Named::Foreign(path.to_vec()),
            },
        }
    }
}

/// The room that a module is in: a floor's child with all that is below it.
pub fn room_of(module: &[String]) -> String {
    match module {
        [] => "the library's root".to_owned(),
        [first, ..] if first == PROGRAM => PROGRAM.to_owned(),
        [floor] => floor.clone(),
        [floor, room, ..] => format!("{floor}::{room}"),
    }
}
