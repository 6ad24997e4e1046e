//! Fixtures with some of their bytes changed, the same ones each time.

use isams_client::{Error, Payload};

use crate::{fixtures::school, promises};

/// How many documents are made of each form.
const DOCUMENTS: usize = 3_000;

/// Longer fixtures are left to the fuzz targets: here many changes matter more than many bytes.
const LONGEST: usize = 6_000;

const INSERTED: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x?>",
    "<!DOCTYPE x>",
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1e999",
    "\0",
    "\u{feff}",
    " ",
    "\r\n",
    "=",
    "@Id",
    "#text",
    "<iSAMS>",
    "{\"iSAMS\":",
    "Day",
    "<Day>",
    "</Day>",
    "<Term/>",
];

/// SplitMix64, so that a failure can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    /// A piece of the bytes, mostly a short one.
    fn piece(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let start = self.below(bytes.len() + 1);
        let longest = match self.below(3) {
            0 => 4,
            1 => 80,
            _ => bytes.len(),
        };
        start..bytes.len().min(start + self.below(longest + 1))
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len() + 1);
        match self.below(12) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            // Mostly another text or another name, in a document that can still be read.
            8.. => {
                if let Some(byte) = bytes
                    .get_mut(at)
                    .filter(|byte| byte.is_ascii_alphanumeric())
                {
                    *byte = b"01259AaNZ -:"[self.below(12)];
                }
            }
            1 => bytes.truncate(at),
            2 => {
                let piece = self.piece(bytes);
                bytes.drain(piece);
            }
            3 => {
                let piece = bytes[self.piece(bytes)].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let (old, new) = (self.piece(bytes), self.piece(other));
                bytes.splice(old, other[new].iter().copied());
            }
            5 => {
                let deep = ["[", "{\"a\":", "<a>", "<Day>", "[{\"Day\":"][self.below(5)];
                let times = [3, 100, 127, 128, 3_000][self.below(5)];
                bytes.splice(at..at, deep.repeat(times).into_bytes());
            }
            _ => {
                let text = INSERTED[self.below(INSERTED.len())];
                bytes.splice(at..at, text.bytes());
            }
        }
    }
}

/// How many of the documents could be read all the same, and how many were broken.
fn mutate(seeds: &[Vec<u8>], random: &mut Random) -> (usize, usize) {
    let (mut read, mut broken) = (0, 0);
    for number in 0..DOCUMENTS {
        let mut document = seeds[number % seeds.len()].clone();
        let other = &seeds[random.below(seeds.len())];
        for _ in 0..=random.below(4) / 2 {
            random.change(&mut document, other);
        }
        promises::check(&document);
        match Payload::from_slice(&document) {
            Ok(_) => read += 1,
            Err(Error::Decode { .. } | Error::Xml { .. }) => broken += 1,
            Err(_) => {}
        }
    }
    (read, broken)
}

#[test]
fn a_changed_fixture_breaks_no_promise_in_either_form() {
    let alder = school("alder-prep");
    let days = ["first", "core-empty"].map(|day| alder.day(day).unwrap());
    let short = |documents: Vec<(std::path::PathBuf, Vec<u8>)>| {
        documents
            .into_iter()
            .map(|(_, bytes)| bytes)
            .filter(|bytes| bytes.len() <= LONGEST)
    };
    let json = days.map(|day| short(day.documents().unwrap()));
    let xml = days.map(|day| short(day.xml_documents().unwrap()));
    let json: Vec<_> = json.into_iter().flatten().collect();
    let xml: Vec<_> = xml.into_iter().flatten().collect();
    let mut random = Random(2031);
    for seeds in [json, xml] {
        assert!(seeds.len() > 10);
        let (read, broken) = mutate(&seeds, &mut random);
        // Both ways out are taken often, or the changes are too small or too large to tell anything.
        assert!(read > DOCUMENTS / 10, "{read} read, {broken} broken");
        assert!(broken > DOCUMENTS / 10, "{read} read, {broken} broken");
    }
}
