//! Why a path gives no image set.

use std::path::PathBuf;

use super::Skipped;
use crate::text::numbers::plural;
use crate::text::{Words, say, tell};

/// Why there is no image set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The path leads nowhere, or may not be read.
    #[error("{}", tell(
        || format!("cannot open {}: {reason}; check the path and its permissions", path.display()),
        || format!("无法打开 {}：{reason}；请检查路径和访问权限", path.display()),
    ))]
    Path {
        /// As given.
        path: PathBuf,
        /// What the system says.
        reason: Words,
    },
    /// There is no file in it.
    #[error("{}", tell(
        || format!("{} holds no files; choose a folder with images in it (sub-folders are searched too)", path.display()),
        || format!("{} 中没有文件；请选择里面有图像的文件夹（子文件夹也会搜索）", path.display()),
    ))]
    Empty {
        /// As given.
        path: PathBuf,
    },
    /// It is one file, and gives no set.
    #[error("{}", tell(|| format!("{} {reason}", path.display()), || format!("无法使用 {}：{reason}", path.display())))]
    OneFile {
        /// As given.
        path: PathBuf,
        /// Why it cannot be used, and what to do.
        reason: Words,
    },
    /// There are files, but too few images.
    #[error("{}", tell(
        || {
            let [images, files] = [plural(*usable, "usable image", "usable images"), plural(*files, "file", "files")];
            let (least, first) = (plural(*least, "image is", "images are"), first_reason(skipped));
            format!("{} holds {images} of {files}, and at least {least} needed{first}", path.display())
        },
        || {
            let first = first_reason(skipped);
            format!("{} 的 {files} 个文件中有 {usable} 张可用的图像，至少需要 {least} 张{first}", path.display())
        },
    ))]
    TooFew {
        /// As given.
        path: PathBuf,
        /// Images that could be used.
        usable: usize,
        /// How many there must be.
        least: usize,
        /// Files found.
        files: usize,
        /// Why the others could not.
        skipped: Vec<Skipped>,
    },
    /// The user cancelled.
    #[error("{}", say("loading was cancelled; nothing was changed", "读取已取消；没有任何改变"))]
    Cancelled,
    /// The program broke off on its own.
    #[error("{}", tell(
        || format!("reading {} broke off through a fault in Metascope; try again with fewer of its files", path.display()),
        || format!("读取 {} 时因 Metascope 的故障而中断；请减少文件后重试", path.display()),
    ))]
    Fault {
        /// As given.
        path: PathBuf,
    },
    /// The program's own data is damaged.
    #[error("{}", tell(
        || format!("the built-in set “{name}” cannot be read: {reason}; install the program again"),
        || format!("内置图像集“{name}”无法读取：{reason}；请重新安装程序"),
    ))]
    BuiltIn {
        /// Which.
        name: Words,
        /// Why.
        reason: Words,
    },
}

fn first_reason(skipped: &[Skipped]) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    skipped.first().map_or_else(String::new, |first| {
        let (name, reason) = (name(&first.path), &first.reason);
        tell(|| format!("; {name}: {reason}"), || format!("；{name}：{reason}"))
    })
}
