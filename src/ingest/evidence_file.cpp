#include "ingest/evidence_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <tuple>

#include "base/file.hpp"
#include "ingest/packet_records.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;
/// What libpcap and Wireshark take for the largest packet of most link types.
constexpr std::uint32_t kSnapshotLength = 262'144;

Result<void> write_all(int descriptor, std::string_view content, const std::string& what) {
  while (!content.empty()) {
    const ssize_t size = ::write(descriptor, content.data(), content.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno_error("cannot write " + what, errno);
    content.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

Error stopped_error() { return Error{"stopped before the end; nothing was written"}; }

std::filesystem::path folder_of(const std::filesystem::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

}  // namespace

EvidencePackets::~EvidencePackets() {
  if (aside_ >= 0) ::close(aside_);
}

Result<void> EvidencePackets::open_aside() {
  if (aside_ >= 0) return {};
  std::string name = (folder_ / "nightjar-evidence-XXXXXX").string();
  aside_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (aside_ < 0) return errno_error("cannot put packets aside in " + folder_.string(), errno);
  ::unlink(name.c_str());
  return {};
}

Result<void> EvidencePackets::flush() {
  if (auto opened = open_aside(); !opened) return opened;
  if (auto written = write_all(aside_, buffer_, "packets aside in " + folder_.string()); !written) return written;
  buffer_.clear();
  return {};
}

void EvidencePackets::keep_first() {
  if (places_.size() <= most_) return;
  more_ = true;
  const auto earlier = [](const Place& a, const Place& b) { return std::tie(a.time_ns, a.order) < std::tie(b.time_ns, b.order); };
  const auto end = places_.begin() + static_cast<std::ptrdiff_t>(most_);
  std::nth_element(places_.begin(), end - 1, places_.end(), earlier);
  latest_ns_ = places_[most_ - 1].time_ns;
  places_.erase(end, places_.end());
}

Result<void> EvidencePackets::add(const RawPacket& packet) {
  if (packet.time_ns > latest_ns_) {
    more_ = true;
    return {};
  }
  places_.push_back({packet.time_ns, order_++, size_, packet.captured, packet.original, packet.link_type});
  buffer_.append(reinterpret_cast<const char*>(packet.bytes), packet.captured);
  size_ += packet.captured;
  if (places_.size() >= 2 * most_) keep_first();
  return buffer_.size() >= kBufferBytes ? flush() : Result<void>{};
}

Result<EvidencePackets::Written> EvidencePackets::write_to(int descriptor, const std::string& remark,
                                                           const std::function<bool()>& stopped) {
  Written written;
  std::vector<std::uint16_t> link_types;
  std::uint32_t longest = kSnapshotLength;
  for (const Place& place : places_) {
    longest = std::max(longest, place.captured);
    if (std::find(link_types.begin(), link_types.end(), place.link_type) == link_types.end()) link_types.push_back(place.link_type);
    written.pcapng = written.pcapng || !fits_pcap(place.time_ns);
  }
  written.pcapng = written.pcapng || link_types.size() > 1;
  std::string out;
  if (written.pcapng) {
    append_pcapng_header(out, link_types, longest, remark);
  } else {
    constexpr std::uint16_t ethernet = 1;
    append_pcap_header(out, link_types.empty() ? ethernet : link_types.front(), longest);
  }
  std::vector<std::uint8_t> bytes;
  for (const Place& place : places_) {
    bytes.resize(std::max<std::size_t>(place.captured, 1));
    for (std::size_t got = 0; got < place.captured;) {
      const ssize_t more = ::pread(aside_, bytes.data() + got, place.captured - got, static_cast<off_t>(place.offset + got));
      if (more < 0 && errno == EINTR) continue;
      if (more <= 0) return errno_error("cannot read the packets put aside in " + folder_.string(), more < 0 ? errno : EIO);
      got += static_cast<std::size_t>(more);
    }
    const RawPacket packet{place.time_ns, bytes.data(), place.captured, place.original, place.link_type, 0};
    if (written.pcapng) {
      const auto at = std::find(link_types.begin(), link_types.end(), place.link_type) - link_types.begin();
      append_pcapng_record(out, packet, static_cast<std::uint32_t>(at));
    } else {
      append_pcap_record(out, packet);
    }
    if (out.size() < kBufferBytes) continue;
    if (stopped()) return stopped_error();
    if (auto done = write_all(descriptor, out, "the packets"); !done) return done.error();
    written.bytes += out.size();
    out.clear();
  }
  if (stopped()) return stopped_error();
  if (auto done = write_all(descriptor, out, "the packets"); !done) return done.error();
  written.bytes += out.size();
  written.packets = places_.size();
  written.more = more_;
  if (!places_.empty()) {
    written.first_ns = places_.front().time_ns;
    written.last_ns = places_.back().time_ns;
  }
  return written;
}

Result<EvidencePackets::Written> EvidencePackets::write(const std::filesystem::path& path, const std::string& remark,
                                                        const std::function<bool()>& stopped) {
  if (auto flushed = flush(); !flushed) return flushed.error();
  keep_first();
  std::sort(places_.begin(), places_.end(),
            [](const Place& a, const Place& b) { return std::tie(a.time_ns, a.order) < std::tie(b.time_ns, b.order); });
  if (path == "-") return write_to(STDOUT_FILENO, remark, stopped);
  std::string aside = path.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(aside.data(), O_CLOEXEC);
  if (descriptor < 0) return errno_error("cannot write " + path.string(), errno);
  auto written = write_to(descriptor, remark, stopped);
  const auto end = [&]() -> Result<void> {
    // mkstemp makes files for their owner alone; who writes evidence writes it as any other file.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(descriptor, 0666 & ~mask) != 0) return errno_error("cannot write " + path.string(), errno);
    if (::fsync(descriptor) != 0) return errno_error("cannot flush " + path.string(), errno);
    if (::rename(aside.c_str(), path.c_str()) != 0) return errno_error("cannot rename " + aside + " to " + path.string(), errno);
    return sync_path(folder_of(path));
  };
  auto ended = written ? end() : Result<void>(written.error());
  ::close(descriptor);
  if (!ended) {
    ::unlink(aside.c_str());
    return ended.error();
  }
  return written;
}

}  // namespace nightjar
