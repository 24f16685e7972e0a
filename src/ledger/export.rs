//! Records as others take them away: NDJSON, CSV, and a bundle that an inspector verifies without us (Order 12 Art. 21).
//!
//! In: a view of a log. Out: bytes, piece by piece. Must not: hold a log in memory, or let a text of a record become a formula in
//! somebody's spreadsheet.

use std::io;

use super::book::CHECKPOINT;
use super::search::{Query, View};
use super::store::Store;
use crate::record::entry::Entry;
use crate::record::seal::{data_name, seal_name};

/// Pieces are sent when they are this large.
const PIECE: usize = 64 << 10;
/// Columns of the CSV; the whole record stands in the last.
pub const CSV_HEAD: &str = "ledger_time,pod_time,index,kind,id,subject,pod,incarnation,seq,record\r\n";

/// Takes pieces; says whether anybody still listens.
pub type Sink<'a> = dyn FnMut(Vec<u8>) -> bool + 'a;

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The lines of the log as they are.
    Ndjson,
    /// For spreadsheets.
    Csv,
}

/// Writes what a query finds.
///
/// # Errors
/// The store's.
pub fn records(view: &View, store: &dyn Store, query: &Query, form: Form, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut piece = if form == Form::Csv { CSV_HEAD.as_bytes().to_vec() } else { Vec::new() };
    view.search(store, query, &mut |line| {
        match form {
            Form::Ndjson => piece.extend_from_slice(line.as_bytes()),
            Form::Csv => piece.extend_from_slice(csv(line).unwrap_or_default().as_bytes()),
        }
        if form == Form::Ndjson {
            piece.push(b'\n');
        }
        piece.len() < PIECE || sink(std::mem::take(&mut piece))
    })?;
    sink(piece);
    Ok(())
}

fn csv(line: &str) -> Option<String> {
    let entry = Entry::parse(line).ok()?;
    let place = entry.place().ok()??;
    let fields = [
        entry.at.to_string(),
        place.at.to_string(),
        entry.i.to_string(),
        place.kind,
        place.id.unwrap_or_default(),
        place.subject.unwrap_or_default(),
        place.pod,
        place.incarnation,
        place.seq.to_string(),
        entry.record?.get().to_owned(),
    ];
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    Some(fields.join(",") + "\r\n")
}

/// Always in quotes; what a spreadsheet would compute is disarmed.
fn quoted(field: &str) -> String {
    let armed = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if armed { "'" } else { "" }, field.replace('"', "\"\""))
}

/// What a bundle says about itself.
pub struct Bundle<'a> {
    /// Name of the log.
    pub log: &'a str,
    /// The ledger's public key.
    pub key: &'a str,
    /// The newest checkpoint.
    pub checkpoint: &'a str,
}

/// Writes a tar archive: seals, segments, open lines, checkpoint, key, instructions.
///
/// # Errors
/// The store's.
pub fn bundle(view: &View, store: &dyn Store, about: &Bundle<'_>, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut file = |name: &str, bytes: &[u8]| -> io::Result<()> {
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "nobody takes the bundle");
        if !sink(tar_head(name, bytes.len())?) {
            return Err(gone());
        }
        for piece in bytes.chunks(PIECE) {
            if !sink(piece.to_vec()) {
                return Err(gone());
            }
        }
        sink(vec![0; bytes.len().next_multiple_of(512) - bytes.len()]);
        Ok(())
    };
    file("README.en.txt", instructions_en(about).as_bytes())?;
    file("README.zh.txt", instructions_zh(about).as_bytes())?;
    file("log", about.log.as_bytes())?;
    file("key", about.key.as_bytes())?;
    file(CHECKPOINT, about.checkpoint.as_bytes())?;
    for sealed in &view.sealed {
        let first = sealed.seal.first;
        file(&seal_name(first), &store.get(&view.folder, &seal_name(first))?.unwrap_or_default())?;
        // Deleted since: its stub stands for it.
        if let Some(data) = store.get(&view.folder, &data_name(first))? {
            file(&data_name(first), &data)?;
        }
    }
    let tail: String = view.open.iter().flat_map(|line| [line, "\n"]).collect();
    file(TAIL, tail.as_bytes())?;
    sink(vec![0; 1024]);
    Ok(())
}

/// Name of the lines that are not sealed yet.
pub const TAIL: &str = "tail.ndjson";

fn tar_head(name: &str, length: usize) -> io::Result<Vec<u8>> {
    let mut head = vec![0; 512];
    let mut put = |at: usize, text: &[u8]| {
        if let Some(place) = head.get_mut(at..at + text.len()) {
            place.copy_from_slice(text);
        }
    };
    if name.len() > 99 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the name is too long for the archive"));
    }
    put(0, name.as_bytes());
    put(100, b"0000444\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{length:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    if let Some(place) = head.get_mut(148..156) {
        place.copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    Ok(head)
}

fn instructions_en(about: &Bundle<'_>) -> String {
    format!(
        "Records of {}\n\n\
         *.ndjson.zst hold one record a line (zstdcat FILE | jq .record), tail.ndjson the newest ones.\n\
         Verify:  deepsynthesis-ledger verify --key KEY [--trusted-checkpoint FILE] FOLDER\n\
         Take KEY from the provider's published key or the operator's configuration, not from this archive: a log that was\n\
         rewritten as a whole would bring its own key. Here it is said to be\n  {}\n\
         Without a checkpoint that was kept elsewhere, rollback, fork and a cut tail are not checkable, and the report says so.\n\
         By hand: a line's leaf is SHA-256(0x00 || line); nodes, proofs and roots are those of RFC 6962; the checkpoint is a\n\
         signed note (C2SP tlog-checkpoint, Ed25519); each \"head\" line is signed by the key of the pod whose records precede it.\n",
        about.log, about.key
    )
}

fn instructions_zh(about: &Bundle<'_>) -> String {
    format!(
        "日志 {} 的记录\n\n\
         *.ndjson.zst 每行一条记录(zstdcat 文件 | jq .record),tail.ndjson 为最新记录。\n\
         核验方法:deepsynthesis-ledger verify --key 公钥 [--trusted-checkpoint 检查点文件] 目录\n\
         公钥应取自服务提供者公布的渠道或者运营系统配置,不应取自本压缩包:整体被改写的日志会附带其自己的公钥。\n\
         本包所称公钥为\n  {}\n\
         没有另行保存的检查点时,回滚、分叉和截尾三项无法核验,报告会如实说明。\n\
         手工核验:每行的叶子哈希为 SHA-256(0x00 || 行);节点、证明和根哈希按照 RFC 6962;检查点为签名文本\n\
         (C2SP tlog-checkpoint,Ed25519);每个 \"head\" 行由其前所列记录的容器组密钥签名。\n",
        about.log, about.key
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_computes_nothing() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn the_head_of_a_tar_entry_adds_up() {
        let head = tar_head("name", 5).unwrap();
        assert_eq!(&head[124..136], b"00000000005\0");
        let stated = u32::from_str_radix(std::str::from_utf8(&head[148..154]).unwrap(), 8).unwrap();
        let sum: u32 = head
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        assert_eq!(stated, sum);
        assert!(tar_head(&"x".repeat(100), 0).is_err());
    }
}
