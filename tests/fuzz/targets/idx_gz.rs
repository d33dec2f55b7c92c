//! The same, packed. The first two bytes say how many are the labels' file.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("idx_gz"), |data: &[u8]| {
    let Some((length, files)) = data.split_first_chunk() else { return };
    let (labels, images) = files.split_at(files.len().min(u16::from_le_bytes(*length).into()));
    metascope_fuzz::read(&[("input-images-idx3-ubyte.gz", images), ("input-labels-idx1-ubyte.gz", labels)]);
});
