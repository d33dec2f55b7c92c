//! Files of other kinds: what they are, and what to do with them. The first bytes tell, or else the ending
//! of the name.

use crate::text::{Text, text};

/// A kind of file that is not read.
struct Foreign {
    /// Endings of names, in lower case.
    endings: &'static [&'static str],
    /// Whether the first bytes are of this kind.
    begins: fn(&[u8]) -> bool,
    /// What it is, and what to do.
    says: Text,
}

const KINDS: [Foreign; 20] = [
    Foreign {
        endings: &["heic", "heif", "hif"],
        begins: |head| brand(head, &[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]),
        says: text(
            "is a HEIC photograph, whose packing is patented: save it as JPEG, or have the phone take JPEG",
            "是 HEIC 照片，其编码受专利保护：请存为 JPEG，或让手机直接拍 JPEG",
        ),
    },
    Foreign {
        endings: &["avif", "avifs"],
        begins: |head| brand(head, &[b"avif", b"avis"]),
        says: text(
            "is an AVIF image, which is not read: save it as PNG or JPEG",
            "是 AVIF 图像，不支持：请存为 PNG 或 JPEG",
        ),
    },
    Foreign {
        endings: &["jxl"],
        begins: |head| head.starts_with(b"\xff\x0a") || head.starts_with(b"\0\0\0\x0cJXL \r\n\x87\n"),
        says: text(
            "is a JPEG XL image, which is not read: save it as PNG or JPEG",
            "是 JPEG XL 图像，不支持：请存为 PNG 或 JPEG",
        ),
    },
    Foreign {
        endings: &["jp2", "j2k", "jpx"],
        begins: |head| head.starts_with(b"\0\0\0\x0cjP  \r\n\x87\n") || head.starts_with(b"\xff\x4f\xff\x51"),
        says: text(
            "is a JPEG 2000 image, which is not read: save it as PNG or JPEG",
            "是 JPEG 2000 图像，不支持：请存为 PNG 或 JPEG",
        ),
    },
    Foreign {
        endings: &["psd", "psb"],
        begins: |head| head.starts_with(b"8BPS"),
        says: text(
            "is a Photoshop document, which is not read: export it as PNG",
            "是 Photoshop 文档，不支持：请导出为 PNG",
        ),
    },
    Foreign {
        endings: &["cr2", "cr3", "nef", "arw", "dng", "raf", "orf", "rw2"],
        begins: |head| brand(head, &[b"crx "]) || head.starts_with(b"FUJIFILMCCD-RAW"),
        says: text(
            "is a camera's raw photograph, which is not read: develop it to JPEG or TIFF",
            "是相机的 RAW 照片，不支持：请转换为 JPEG 或 TIFF",
        ),
    },
    Foreign {
        endings: &["pdf"],
        begins: |head| head.starts_with(b"%PDF"),
        says: text(
            "is a PDF document, not an image: export its pictures as PNG",
            "是 PDF 文档，不是图像：请把其中的图片导出为 PNG",
        ),
    },
    Foreign {
        endings: &["mp4", "m4v", "mov", "avi", "mkv", "webm"],
        begins: |head| {
            brand(head, &[b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  "])
                || head.starts_with(b"\x1a\x45\xdf\xa3")
                || (head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI "))
        },
        says: text("is a film, not an image: save its frames as PNG", "是视频，不是图像：请把其中的帧存为 PNG"),
    },
    Foreign {
        endings: &["pkl", "pickle"],
        begins: |head| {
            matches!(head, [0x80, 2..=5, b'c' | b']' | b'}' | b'(' | b'X' | b'\x95' | b'\x8a' | b'\x8c', ..])
        },
        says: text(
            "is a Python pickle, which is a program as well as data and is not run here: save its arrays with numpy.savez (CIFAR has a binary version too)",
            "是 Python 的 pickle 文件，既是数据也是程序，这里不运行：请用 numpy.savez 保存其中的数组（CIFAR 也有二进制版本）",
        ),
    },
    Foreign {
        endings: &["pt", "pth", "ckpt"],
        begins: |_| false,
        says: text(
            "is a file of PyTorch, a pickle inside: save its images with numpy.save(\"images.npy\", tensor.numpy())",
            "是 PyTorch 文件，内含 pickle：请用 numpy.save(\"images.npy\", tensor.numpy()) 保存其中的图像",
        ),
    },
    Foreign {
        endings: &["safetensors"],
        begins: |_| false,
        says: text(
            "is a file of safetensors, which is not read: save its images with numpy.save(\"images.npy\", array)",
            "是 safetensors 文件，不支持：请用 numpy.save(\"images.npy\", array) 保存其中的图像",
        ),
    },
    Foreign {
        endings: &["h5", "hdf5", "hdf", "keras"],
        begins: |head| head.starts_with(b"\x89HDF\r\n\x1a\n"),
        says: text(
            "is an HDF5 file, which is not read: open it with h5py and save its arrays with numpy.savez",
            "是 HDF5 文件，不支持：请用 h5py 打开，再用 numpy.savez 保存其中的数组",
        ),
    },
    Foreign {
        endings: &["mat"],
        begins: |head| head.starts_with(b"MATLAB "),
        says: text(
            "is a MATLAB file, which is not read: open it with scipy.io.loadmat and save its arrays with numpy.savez",
            "是 MATLAB 文件，不支持：请用 scipy.io.loadmat 打开，再用 numpy.savez 保存其中的数组",
        ),
    },
    Foreign {
        endings: &["parquet"],
        begins: |head| head.starts_with(b"PAR1"),
        says: text(
            "is a Parquet table, which is not read: save its images as files, in a folder for each class",
            "是 Parquet 表格，不支持：请把其中的图像存为文件，每个类别一个文件夹",
        ),
    },
    Foreign {
        endings: &["arrow", "feather"],
        begins: |head| head.starts_with(b"ARROW1") || head.starts_with(b"FEA1"),
        says: text(
            "is an Arrow table, which is not read: save its images as files, in a folder for each class",
            "是 Arrow 表格，不支持：请把其中的图像存为文件，每个类别一个文件夹",
        ),
    },
    Foreign {
        endings: &["tfrecord", "tfrecords"],
        begins: |_| false,
        says: text(
            "is a file of TensorFlow's records, which is not read: save its images as files, in a folder for each class",
            "是 TensorFlow 的记录文件，不支持：请把其中的图像存为文件，每个类别一个文件夹",
        ),
    },
    Foreign {
        endings: &["dcm", "nii", "nrrd"],
        begins: |head| head.starts_with(b"NRRD"),
        says: text(
            "is a medical scan, which is not read: save its slices as PNG, or with numpy.save",
            "是医学扫描，不支持：请把各层切片存为 PNG，或用 numpy.save 保存",
        ),
    },
    Foreign {
        endings: &["7z", "rar", "xz", "bz2", "zst"],
        begins: |head| {
            [b"7z\xbc\xaf".as_slice(), b"Rar!", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd"]
                .iter()
                .any(|mark| head.starts_with(mark))
        },
        says: text(
            "is packed in a way that is not read: unpack it and choose the folder",
            "压缩格式不支持：请解压后选择文件夹",
        ),
    },
    Foreign {
        endings: &[],
        begins: |head| head.starts_with(b"version https://git-lfs"),
        says: text(
            "is a pointer of Git LFS and not the file itself: fetch it with git lfs pull",
            "是 Git LFS 的指针，不是文件本身：请用 git lfs pull 取回文件",
        ),
    },
    Foreign {
        endings: &["html", "htm"],
        begins: |head| {
            let text = head.trim_ascii_start().to_ascii_lowercase();
            text.starts_with(b"<!doctype html") || text.starts_with(b"<html")
        },
        says: text(
            "is a web page, as a failed download leaves behind: download the file again",
            "是网页，多半是下载失败留下的：请重新下载",
        ),
    },
];

/// Whether a file of ISO's boxes, as films and HEIC photographs are, names one of these brands first.
fn brand(head: &[u8], brands: &[&[u8; 4]]) -> bool {
    head.get(4..8) == Some(b"ftyp") && brands.iter().any(|brand| head.get(8..12) == Some(brand.as_slice()))
}

/// What a file is that begins like this, and what to do with it; `None` for what is none of these kinds.
pub(super) fn by_content(head: &[u8]) -> Option<Text> {
    KINDS.iter().find(|kind| (kind.begins)(head)).map(|kind| kind.says)
}

/// The same by the ending of a name.
pub(super) fn by_name(name: &str) -> Option<Text> {
    let ending = name.rsplit_once('.')?.1.to_lowercase();
    KINDS.iter().find(|kind| kind.endings.contains(&ending.as_str())).map(|kind| kind.says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_what_a_file_is() {
        for (head, part) in [
            (b"\0\0\0\x18ftypheic\0\0\0\0".as_slice(), "HEIC"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIC"),
            (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
            (b"\xff\x0a\x58\x08", "JPEG XL"),
            (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
            (b"\x80\x04\x95\x10\0\0", "pickle"),
            (b"\x80\x02}q\x01", "pickle"),
            (b"\x89HDF\r\n\x1a\n\0", "HDF5"),
            (b"MATLAB 5.0 MAT-file", "MATLAB"),
            (b"PAR1\x15\x04", "Parquet"),
            (b"version https://git-lfs.github.com/spec/v1", "git lfs pull"),
            (b"\n <!DOCTYPE HTML>", "web page"),
        ] {
            let says = by_content(head).map_or("", Text::get);
            assert!(says.contains(part), "{head:?}: {says}");
        }
        for head in
            [b"".as_slice(), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP", b"PK\x03\x04", b"GIF8"]
        {
            assert_eq!(by_content(head), None);
        }
    }

    #[test]
    fn endings_tell_what_a_file_is() {
        for (name, part) in [("a.HEIC", "HEIC"), ("b.pt", "PyTorch"), ("c.d.mat", "MATLAB"), ("e.parquet", "Parquet")] {
            assert!(by_name(name).is_some_and(|says| says.contains(part)), "{name}");
        }
        assert_eq!((by_name("a.png"), by_name("heic"), by_name("")), (None, None, None));
    }
}
