#pragma once
#include <filesystem>

namespace nightjar {

/// What a file's first bytes are of, decompressed.
enum class FirstBytes {
  unreadable,  ///< the file cannot be opened, read or decompressed so far
  none,        ///< it is empty
  of_capture,  ///< pcap of any kind (also those that cannot be read), pcapng or ERF
  of_something_else,
};
/// Reads some hundred bytes. Not for "-".
FirstBytes first_bytes_of(const std::filesystem::path& path);

}  // namespace nightjar
