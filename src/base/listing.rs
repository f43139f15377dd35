//! Long lists, newest first, shown page by page without being read whole.

use std::future::Future;

/// Where in a list a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<K> {
    Newest,
    /// The rows right before this one, which may be gone by now.
    Before(K),
    /// Those right after it.
    After(K),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Older,
    Newer,
}

/// Rows, newest first. A page may hold fewer than were asked for, even none, and have an older one
/// all the same: [`page`] stops looking after so many.
#[derive(Clone, Debug)]
pub struct Page<T, K> {
    pub rows: Vec<T>,
    pub newer: Option<Place<K>>,
    pub older: Option<Place<K>>,
}

impl<T, K> Page<T, K> {
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U, K> {
        Page { rows: self.rows.into_iter().map(each).collect(), newer: self.newer, older: self.older }
    }
}

/// What a list is in the order of.
pub trait Key: Copy + PartialEq + Send + Sync {
    /// After all there are.
    const LAST: Self;

    /// The greatest one before this one.
    fn right_before(self) -> Self;
}

impl Key for i64 {
    const LAST: Self = Self::MAX;

    fn right_before(self) -> Self {
        self.saturating_sub(1)
    }
}

/// Makes an id a [`Key`]: ids are UUIDv7, so they lie in the order in which what they name was
/// made.
macro_rules! id_is_key {
    ($id:ident) => {
        impl $crate::base::listing::Key for $id {
            const LAST: Self = Self(uuid::Uuid::max());

            fn right_before(self) -> Self {
                Self(uuid::Uuid::from_u128(self.0.as_u128().saturating_sub(1)))
            }
        }
    };
}

pub(crate) use id_is_key;

/// What can be shown so: rows in the order of a key that no two share.
pub trait List: Sync {
    type Row: Send;
    type Key: Key;
    type Error;

    fn key(row: &Self::Row) -> Self::Key;
    /// Whether a row that was read is one that is asked for.
    fn takes(&self, row: &Self::Row) -> bool;
    /// Whether nothing that is asked for lies beyond these rows, though the list goes on.
    fn is_past(&self, _direction: Direction, _rows: &[Self::Row]) -> bool {
        false
    }
    /// Up to `limit` rows beyond `from`, in this direction. `looked` were looked at before, for
    /// this page.
    fn read(
        &self,
        direction: Direction,
        from: Self::Key,
        limit: usize,
        looked: usize,
    ) -> impl Future<Output = Result<Vec<Self::Row>, Self::Error>> + Send;
}

/// How a page is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Rows that a page shows.
    pub size: usize,
    /// Rows that one read brings.
    pub window: usize,
    /// Rows that one page looks at. A filter that meets almost nothing in a long list would
    /// otherwise have one request read all of it; the next page goes on from where this one
    /// stopped.
    pub look_through: usize,
}

/// The page at `place`.
pub async fn page<L: List>(list: &L, place: Place<L::Key>, bounds: Bounds) -> Result<Page<L::Row, L::Key>, L::Error> {
    if let Place::After(key) = place {
        let looked = look(list, Direction::Newer, key, bounds).await?;
        if let Some(goes_on) = looked.goes_on {
            let older = looked.found.first().map_or(goes_on, L::key);
            let rows = looked.found.into_iter().rev().collect();
            return Ok(Page { rows, newer: Some(Place::After(goes_on)), older: Some(Place::Before(older)) });
        }
        // Nothing lies beyond: that is the first page, which is always shown whole.
    }
    let before = if let Place::Before(key) = place { key } else { L::Key::LAST };
    let looked = look(list, Direction::Older, before, bounds).await?;
    let newer = (before != L::Key::LAST)
        .then(|| Place::After(looked.found.first().map_or_else(|| before.right_before(), L::key)));
    Ok(Page { rows: looked.found, newer, older: looked.goes_on.map(Place::Before) })
}

struct Looked<T, K> {
    /// In the direction of looking.
    found: Vec<T>,
    /// From where to look on, unless that was all.
    goes_on: Option<K>,
}

async fn look<L: List>(
    list: &L,
    direction: Direction,
    mut from: L::Key,
    bounds: Bounds,
) -> Result<Looked<L::Row, L::Key>, L::Error> {
    let (mut found, mut looked) = (Vec::new(), 0);
    while looked < bounds.look_through {
        let rows = list.read(direction, from, bounds.window, looked).await?;
        let is_last = rows.len() < bounds.window || list.is_past(direction, &rows);
        looked += rows.len();
        for row in rows {
            let (key, taken) = (L::key(&row), list.takes(&row));
            if taken && found.len() == bounds.size {
                return Ok(Looked { found, goes_on: Some(from) });
            }
            from = key;
            if taken {
                found.push(row);
            }
        }
        if is_last {
            return Ok(Looked { found, goes_on: None });
        }
    }
    Ok(Looked { found, goes_on: Some(from) })
}
