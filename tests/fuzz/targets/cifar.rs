//! A binary file of CIFAR, with names beside it. The first two bytes say how many are the names' file.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("cifar"), |data: &[u8]| {
    let Some((length, files)) = data.split_first_chunk() else { return };
    let (names, images) = files.split_at(files.len().min(u16::from_le_bytes(*length).into()));
    metascope_fuzz::read(&[("input.bin", images), ("batches.meta.txt", names)]);
});
