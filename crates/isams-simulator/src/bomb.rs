//! A small answer that unpacks to a large one.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::request::Format;

const BLOCK: usize = 1 << 20;

/// A document of `decoded_bytes`, nearly all of them spaces in one text, in gzip.
///
/// The spaces are packed once per megabyte and repeated: packing a gigabyte would take longer than
/// anybody who tests has time for.
pub(crate) fn packed(format: Format, decoded_bytes: u64) -> io::Result<Vec<u8>> {
    let (before, after) = match format {
        Format::Json => (r#"{"iSAMS":{"SchoolManager":{"Terms":""#, r#""}}}"#),
        Format::Xml => (
            "<iSAMS><SchoolManager><Terms>",
            "</Terms></SchoolManager></iSAMS>",
        ),
    };
    let filling = decoded_bytes.saturating_sub((before.len() + after.len()) as u64);
    let (blocks, rest) = (filling / BLOCK as u64, filling % BLOCK as u64);
    let spaces = vec![b' '; BLOCK];
    let rest = usize::try_from(rest).unwrap_or(0);

    let start = [before.as_bytes(), spaces.get(..rest).unwrap_or_default()].concat();
    let block = flushed(&spaces)?;
    let mut end = DeflateEncoder::new(Vec::new(), Compression::best());
    end.write_all(after.as_bytes())?;

    // The magic number, deflate, no flags, no time, no extra flags, unknown system.
    let mut packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    packed.extend(flushed(&start)?);
    let mut sum = sum_of(&start);
    let block_sum = sum_of(&spaces);
    for _ in 0..blocks {
        packed.extend_from_slice(&block);
        sum.combine(&block_sum);
    }
    packed.extend(end.finish()?);
    sum.combine(&sum_of(after.as_bytes()));
    packed.extend(sum.sum().to_le_bytes());
    // The format wants the length modulo 2^32, which is what the sum counts.
    packed.extend(sum.amount().to_le_bytes());
    Ok(packed)
}

fn sum_of(bytes: &[u8]) -> Crc {
    let mut sum = Crc::new();
    sum.update(bytes);
    sum
}

/// The bytes packed as blocks after which others may follow.
fn flushed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.flush()?;
    Ok(encoder.get_ref().clone())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn it_unpacks_to_a_document_of_the_size() {
        for size in [100, 1 << 20, (5 << 20) + 17] {
            let packed = packed(Format::Json, size).unwrap();
            assert!(packed.len() < 20_000, "{}", packed.len());
            let mut text = String::new();
            GzDecoder::new(&packed[..])
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text.len() as u64, size);
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(document["iSAMS"]["SchoolManager"]["Terms"].is_string());
        }
    }
}
