#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace nightjar::simulate {

enum class Rotate : std::uint8_t { hour, day };

/// Writes the captures of one sensor: pcap, microseconds, Ethernet, one file an hour or a day (UTC) that has packets. A file has the
/// suffix .part until it is whole; a file of its name that is there already is replaced. Not safe for several threads.
///
/// Signals belong to the program: it must ignore SIGPIPE and SIGXFSZ, or they end it before a closed pipe or a file too large
/// becomes a sentence.
class CaptureWriter {
 public:
  struct Config {
    std::filesystem::path folder;  ///< exists; ignored for standard output
    std::string prefix;            ///< file names: PREFIX-2017-01-01.pcap, or PREFIX-2017-01-01T05.pcap; .zst behind it if compressed
    Rotate rotate = Rotate::day;
    bool zstd = false;
    bool to_standard_output = false;  ///< one capture that is never rotated, also of no packets; the descriptor stays open
  };
  explicit CaptureWriter(Config config);
  ~CaptureWriter();
  CaptureWriter(CaptureWriter&&) noexcept;
  CaptureWriter& operator=(CaptureWriter&&) noexcept;

  /// Room for one more record and its frame (at most kLargestRecord bytes, frame.hpp), valid until the next call. Frames come in
  /// order of time. Where the file of that time is another one, the last is closed first. After an error the writer is of no
  /// more use: it says the same again, and the file at fault stays a .part.
  Result<std::uint8_t*> room(std::int64_t time_ns);
  /// `end` is behind what was written into the room.
  void wrote(const std::uint8_t* end);
  /// Closes the last file. To be called once; without it the last file stays a .part.
  Result<void> finish();

  std::uint64_t packets() const;
  std::uint64_t bytes() const;  ///< before compression, with the headers of the files
  std::uint64_t files() const;  ///< begun ones; standard output counts as one

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nightjar::simulate
