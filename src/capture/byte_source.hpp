#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"

namespace nightjar {

/// Bytes one after the other: of a file, a pipe, memory, or of the decompression of another source. One thread
/// reads; `consumed` may be asked by others (progress).
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Puts 1 to `size` next bytes at `to`, as many as come without waiting twice; 0 at the end of what is readable.
  virtual std::size_t read(std::uint8_t* to, std::size_t size) = 0;
  /// After `read` returned 0: what is wrong with the bytes that it ended too early, as a sentence; nothing if it simply ended.
  virtual const std::optional<std::string>& damage() const = 0;
  /// After `read` returned 0: that the disk or the network failed, as a sentence. The bytes may come another time.
  virtual const std::optional<std::string>& failure() const = 0;
  /// Bytes taken from the file itself (compressed ones), and how many it has (0: unknown, as for pipes).
  virtual std::uint64_t consumed() const = 0;
  virtual std::uint64_t file_size() const = 0;
};

/// Opens a file, or standard input for "-" (left open at the end). Fails with a sentence; a folder is an error.
Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path);

/// Reads from memory that must outlive the source.
std::unique_ptr<ByteSource> make_memory_source(std::span<const std::uint8_t> bytes);

/// Reads until `size` bytes are there or the source ends.
std::size_t read_fully(ByteSource& source, std::uint8_t* to, std::size_t size);

/// How sentences call a capture: its path, or "standard input".
std::string capture_name(const std::filesystem::path& path);

}  // namespace nightjar
