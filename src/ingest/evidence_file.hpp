#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/packet.hpp"

namespace nightjar {

/// Packets of several captures, put aside on the disk and written in the order of their times: the first `most` of them. Memory: 40 bytes a
/// packet, of at most twice that many. One thread.
class EvidencePackets {
 public:
  /// `folder`: where packets are put aside, in a file without a name that is gone with the process.
  EvidencePackets(std::filesystem::path folder, std::uint64_t most) : folder_(std::move(folder)), most_(most) {}
  ~EvidencePackets();
  EvidencePackets(const EvidencePackets&) = delete;
  EvidencePackets& operator=(const EvidencePackets&) = delete;

  Result<void> add(const RawPacket& packet);
  /// Packets later than this are not among the first `most`: nobody need add them.
  std::int64_t latest_ns() const { return latest_ns_; }

  struct Written {
    std::uint64_t packets = 0, bytes = 0;  ///< bytes: of the file
    std::int64_t first_ns = 0, last_ns = 0;
    bool pcapng = false;
    bool more = false;  ///< there were more than `most`
  };
  /// Sorts, and writes pcap (nanoseconds), or pcapng where the captures have several link types or a time is before 1970 or after 2106.
  /// To `path` it is written aside, flushed and renamed; "-": to standard output. `remark`: kept in a pcapng file. `stopped` is asked now
  /// and then: once it says yes nothing is left and an error returned.
  Result<Written> write(const std::filesystem::path& path, const std::string& remark, const std::function<bool()>& stopped);

 private:
  struct Place {
    std::int64_t time_ns;
    std::uint64_t order;   ///< in which it was added
    std::uint64_t offset;  ///< of its bytes in the file aside
    std::uint32_t captured, original;
    std::uint16_t link_type;
  };
  Result<void> open_aside();
  Result<void> flush();
  void keep_first();
  Result<Written> write_to(int descriptor, const std::string& remark, const std::function<bool()>& stopped);

  std::filesystem::path folder_;
  const std::uint64_t most_;
  std::vector<Place> places_;
  std::string buffer_;  ///< end of the file aside, not yet written
  std::uint64_t size_ = 0, order_ = 0;
  std::int64_t latest_ns_ = INT64_MAX;
  bool more_ = false;
  int aside_ = -1;
};

}  // namespace nightjar
