#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace nightjar {

/// What it means that no record of a file could be read, which nobody named: it was found in a folder.
enum class Unread {
  failure,     ///< a capture by its name or its first bytes, or a file that cannot be looked into: its packets are missing
  empty,       ///< nothing is in it, as in a capture that was only just begun
  no_capture,  ///< neither its name nor its first bytes are those of a capture
};
/// Looks at the file's name and its first bytes (decompressed).
Unread judge_unread(const std::filesystem::path& path);

/// Whether a name is one that programs give to captures: "a.pcap", "a.pcapng.gz", "a.pcap12", "a.cap.xz", "a.erf".
bool is_named_like_capture(const std::filesystem::path& path);

/// Files of folders that are no captures, for one sentence about all of them.
class PassedOverFiles {
 public:
  void add(const std::filesystem::path& path);
  /// "passed over: 12 files that are no captures (README.md, notes.txt, ...)"; empty without any.
  std::string sentence() const;

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> first_names_;
};

}  // namespace nightjar
