//! A file that is there whole or not at all.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum NotPlaced {
    #[error("{0} is there already: --overwrite takes its place")]
    Exists(PathBuf),
    #[error("{0} can't be written: {1}")]
    Unwritable(PathBuf, std::io::Error),
}

/// Written under another name beside its place and renamed when it is complete, so that whoever
/// copies backups elsewhere never meets half of one. For its owner alone. Dropped before
/// [`Self::place`], it is gone.
pub struct NewFile {
    path: PathBuf,
    beside: PathBuf,
    overwrite: bool,
    content: Option<BufWriter<File>>,
}

impl NewFile {
    /// `unique` makes the other name one that nothing else has.
    pub fn create(path: &Path, overwrite: bool, unique: &str) -> Result<Self, NotPlaced> {
        if !overwrite && path.symlink_metadata().is_ok() {
            return Err(NotPlaced::Exists(path.to_owned()));
        }
        let unwritable = |error| NotPlaced::Unwritable(path.to_owned(), error);
        let name = path.file_name().ok_or_else(|| unwritable(ErrorKind::InvalidInput.into()))?;
        let beside = path.with_file_name(format!(".{}.{unique}.new", name.to_string_lossy()));
        let file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(unwritable)?;
        Ok(Self { path: path.to_owned(), beside, overwrite, content: Some(BufWriter::new(file)) })
    }

    /// Puts it in its place once it lies on the disk. Without `overwrite` never over another one,
    /// even one that came meanwhile.
    pub fn place(mut self) -> Result<(), NotPlaced> {
        let placed = self.put();
        placed.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => NotPlaced::Exists(self.path.clone()),
            _ => NotPlaced::Unwritable(self.path.clone(), error),
        })
    }

    fn put(&mut self) -> std::io::Result<()> {
        if let Some(content) = self.content.take() {
            content.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        }
        // A rename would take the place of whatever is there; a link never does.
        let linked = if self.overwrite {
            Err(ErrorKind::Unsupported.into())
        } else {
            std::fs::hard_link(&self.beside, &self.path)
        };
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            // Memory sticks and network drives often have no links; that nothing was there was
            // looked at in the beginning.
            Err(_) => std::fs::rename(&self.beside, &self.path)?,
            Ok(()) => {}
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.content.as_mut().ok_or(ErrorKind::BrokenPipe)?.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.content.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // Renamed, it is not there any more.
        let _ = std::fs::remove_file(&self.beside);
    }
}
