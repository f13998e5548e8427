#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "schema/columns.hpp"

namespace nightjar {

struct LakeLayout;

/// A Parquet file of the lake, as a version lists it.
struct LakeFile {
  std::string path;  ///< relative to the lake: "flows/day=2017-11-23/b7-0.parquet"
  Table table = Table::flows;
  std::int64_t day = 0;  ///< UTC day, days since 1970
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::vector<std::uint64_t> batches;  ///< numbers of the batches whose rows it holds
  bool modelled = false;               ///< any of its rows comes from a modelled darknet
  std::string derived_from;            ///< derived tables: fingerprint of the files it was made from; else empty
  /// Flows: by sensor the UTC hours of the day (bit 0 to 23) that it has rows of. Said only of a file of which whoever wrote it knows
  /// that no two of its rows have one key; empty: not known.
  std::map<std::string, std::uint32_t> once;
};

/// Where a packet's record begins in a capture: by these its beginnings are known again (CaptureReader makes them).
struct ManifestMilestone {
  std::uint64_t offset = 0;  ///< in the decompressed bytes
  std::int64_t time_ns = 0;  ///< of the packet
  std::uint64_t digest = 0;  ///< lower half of the XXH3-128 of the first `offset` bytes
  friend bool operator==(const ManifestMilestone&, const ManifestMilestone&) = default;
};

/// What a batch holds of one capture.
struct ManifestCapture {
  std::string path;  ///< absolute, as found at ingest ("-" for standard input)
  std::string sensor, kind;
  std::string format;
  std::uint64_t file_size = 0;       ///< of the file as it lay on the disk; 0 for a pipe
  std::int64_t modified_ns = 0;      ///< when the file was last written to: with path and size enough to know it again unread
  bool whole = false;                ///< read to its end (false: the next batch goes on where this one stopped)
  std::uint64_t bytes = 0;           ///< decompressed bytes read
  std::string digest;                ///< XXH3-128 of those bytes
  std::uint64_t from_bytes = 0;      ///< packets of records from here ...
  std::uint64_t readable_bytes = 0;  ///< ... to here (end of the last complete record) are in the batch
  std::string readable_digest;       ///< of the first readable_bytes bytes
  std::uint64_t head_bytes = 0;      ///< min(bytes, kHeadBytes)
  std::string head_digest;           ///< of the first head_bytes bytes
  std::uint64_t packets = 0;
  std::optional<std::int64_t> first_ns, last_ns;
  std::string damage;  ///< empty: none
  bool modelled = false;
  std::vector<std::pair<std::int64_t, std::uint64_t>> minutes;  ///< minute, byte offset of its first record
  std::vector<ManifestMilestone> milestones;                    ///< ascending; none in manifests of older lakes
};

/// The manifest of a batch, lake/batches/ID.json; or of several that were merged (merge_manifests.hpp).
struct Manifest {
  std::uint64_t batch = 0;  ///< the lowest of them
  std::int64_t created_ns = 0;
  std::string catalogue;                 ///< version of the fingerprint catalogue
  std::string signatures;                ///< version of the signatures that tagged payloads; empty in manifests of older lakes
  std::vector<std::string> geolocation;  ///< files with type and date
  std::vector<ManifestCapture> captures;
  std::vector<std::uint64_t> more{};  ///< the other batches, ascending
};

/// A batch, or several whose manifests were merged into one file.
struct LakeBatch {
  std::uint64_t id = 0;  ///< the lowest of them
  std::string manifest;  ///< relative path
  std::uint64_t packets = 0;
  bool modelled = false;
  std::vector<std::uint64_t> more{};  ///< the others, ascending
  bool holds(std::uint64_t batch) const { return batch == id || std::binary_search(more.begin(), more.end(), batch); }
};

/// What is visible of a lake: lake/versions/N.json.
struct LakeVersion {
  std::uint64_t number = 0;  ///< 0: the lake is empty or not there yet
  int schema = kSchemaVersion;
  std::int64_t created_ns = 0;
  std::uint64_t next_batch = 1;
  std::vector<LakeFile> files;
  std::vector<LakeBatch> batches;
};

/// A version that is being read: while it lives, none of its files is deleted (a shared lock on its JSON file). One that `commit`
/// returns may lack the lock when the system gives none: its files are safe for as long as a sweep keeps replaced ones.
class Snapshot {
 public:
  const LakeVersion& version() const { return version_; }
  const std::filesystem::path& root() const { return root_; }

 private:
  friend class Lake;
  std::filesystem::path root_;
  LakeVersion version_;
  std::optional<FileLock> lock_;
};

/// What a writer changes in one step. All or nothing: when `commit` returns a version, everything in it is on the disk
/// and visible; when it fails or the machine dies before, nothing is. One failure alone leaves the version visible: when the folder
/// cannot be flushed after the version was renamed into it. So whoever deletes files of a failed commit looks at the lake first.
struct Change {
  std::vector<LakeFile> added;       ///< written and flushed already, below the lake
  std::vector<std::string> removed;  ///< paths that the new version no longer lists
  std::optional<Manifest> manifest;  ///< of a new batch
  /// Each in the place of those of all its batches. A conflict when one of these is no longer listed.
  std::vector<Manifest> merged;
  /// The snapshot by which the maker judged the manifest's captures. Given, they are compared with those of batches that
  /// came since only, but more strictly (a capture that two writers saw grow to different ends is a conflict).
  std::shared_ptr<const Snapshot> made_from;
};

/// Registers a process as writer: names of its files begin with its own token, so leftovers of a writer that died are
/// told from the files of one that lives. Many writers may live at once.
class Writer {
 public:
  /// Unique in the lake: begins every file name this writer makes.
  const std::string& token() const { return token_; }

 private:
  friend class Lake;
  std::string token_;
  std::optional<FileLock> lock_;
  std::filesystem::path file_;

 public:
  ~Writer();
  Writer() = default;
  Writer(Writer&& other) noexcept;
  Writer& operator=(Writer&& other) noexcept;
};

/// A folder of Parquet files with versions. Safe for many processes.
class Lake {
 public:
  explicit Lake(std::filesystem::path root) : root_(std::move(root)) {}
  const std::filesystem::path& root() const { return root_; }

  /// The newest version, held against deletion. A lake that is not there is version 0 without files; a folder that is
  /// something else, or a lake of another schema, is an error.
  Result<std::shared_ptr<const Snapshot>> snapshot() const;

  /// Makes the folders if need be, registers a writer, and removes what dead writers left.
  Result<Writer> begin_write();

  /// The same for work that can be left undone: nothing, without waiting, while another writer lives or registers.
  Result<std::optional<Writer>> begin_write_if_alone();

  /// Reserves the next batch number (numbers may be skipped, never used twice).
  Result<std::uint64_t> reserve_batch(const Writer& writer);

  /// Publishes a change on top of the newest version (which may be newer than the one the change was made from).
  /// Fails with `Conflict` in the sentence when a file it removes is no longer listed, or when a capture of its manifest
  /// has meanwhile been added by another writer.
  Result<std::shared_ptr<const Snapshot>> commit(const Writer& writer, Change change);

  /// Deletes versions nobody reads and files that no remaining version lists, at the earliest `keep_seconds` after they
  /// were replaced. Returns the number of files deleted.
  Result<std::size_t> sweep(std::int64_t keep_seconds = 15 * 60);

  /// All manifests of a version, in order of their (lowest) numbers.
  Result<std::vector<Manifest>> manifests(const Snapshot& snapshot) const;

 private:
  /// The newest version and a lock on it; retries while sweeps delete what it is about to open.
  Result<std::shared_ptr<Snapshot>> open_newest() const;
  static Result<Writer> register_writer(const LakeLayout& layout);

  std::filesystem::path root_;
};

}  // namespace nightjar
