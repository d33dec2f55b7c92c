//! What tells one image set from another.

use super::ImageSet;
use crate::files::{FNV, fnv};

impl ImageSet {
    /// A number that sets of other pixels, classes or another split do not share, but for chance. Names and paths have
    /// no part in it: a set may be moved and renamed.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = FNV;
        let mut take = |bytes: &[u8]| hash = fnv(hash, bytes);
        let sizes = [self.size, self.channels, self.foreground, self.classes.len(), self.images.len()];
        sizes.into_iter().for_each(|size| take(&(size as u64).to_le_bytes()));
        for image in &self.images {
            take(&(image.class as u64).to_le_bytes());
            take(&[u8::from(image.held_out), u8::from(image.validates)]);
            take(&image.pixels);
        }
        hash
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::images::built_in::built_in;
    use crate::settings::ImageSource;

    #[test]
    fn a_set_is_known_by_what_it_shows() {
        let set = built_in(&ImageSource::Faces).unwrap();
        let of = |change: &dyn Fn(&mut crate::images::ImageSet)| {
            let mut set = set.clone();
            change(&mut set);
            set.fingerprint()
        };
        let same = of(&|set| set.name = "Another name".to_owned());
        assert_eq!(same, set.fingerprint());
        let others = [
            of(&|set| set.images[0].pixels = set.images[1].pixels.clone()),
            of(&|set| set.images[0].held_out ^= true),
            of(&|set| drop(set.images.pop())),
            of(&|set| set.images.swap(0, 1)),
        ];
        assert!(others.iter().all(|other| *other != same));
    }
}
