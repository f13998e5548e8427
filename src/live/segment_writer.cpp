#include "live/segment_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "base/time.hpp"
#include "live/segment_names.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::int64_t kBeatNs = 60 * kNanosPerSecond;
constexpr std::int64_t kAskRoomNs = kNanosPerSecond;

}  // namespace

SegmentWriter::SegmentWriter(SegmentPlace place, SegmentRules rules, PcapngHeader header, CaptureProgress& progress)
    : place_(std::move(place)), rules_(rules), header_(std::move(header)), progress_(progress), at_(progress.position()) {
  bytes_.reserve(kBuffer + (kBuffer >> 1));
}

SegmentWriter::~SegmentWriter() {
  if (file_ >= 0) ::close(file_);
}

void SegmentWriter::add(const RingPacket& packet) {
  add_pcapng_packet(packet.time_ns, packet.original, packet.front, packet.rest, bytes_);
  ++added_packets_;
  added_bytes_ += packet.front.size() + packet.rest.size();
  last_packet_ns_ = packet.time_ns;
  // Blocks of the ring are about as large; more is written on the way and cut off again should the block not be finished.
  if (bytes_.size() >= kBuffer && file_ >= 0 && !full_ && !write_out()) lost_ = true;
}

Result<void> SegmentWriter::commit(std::uint64_t block, std::uint32_t place, std::int64_t now_ns) {
  if (added_packets_ > 0) {
    if (!full_ && file_ < 0) {
      if (auto opened = open(now_ns); !opened && !full_) return opened;
    }
    if (!full_ && !lost_) {
      if (auto wrote = write_out(); !wrote && !full_) return wrote;
    }
    CaptureCounters& counters = progress_.counters;
    if (full_ || lost_) {
      counters.unwritten += added_packets_;
      forget_added();
    } else {
      at_.segment_bytes = written_;
      counters.packets += added_packets_;
      counters.bytes += added_bytes_;
      counters.last_packet_ns = last_packet_ns_;
    }
    counters.disk_full = full_ ? 1 : 0;
    added_packets_ = added_bytes_ = 0;
    lost_ = false;
  }
  at_.block = block;
  at_.place = place;
  progress_.commit(at_);
  if (file_ >= 0 && written_ >= rules_.bytes) return finish(now_ns);
  return {};
}

Result<void> SegmentWriter::beat(std::int64_t now_ns, const std::string& comment) {
  if (full_ && now_ns - asked_room_ns_ >= kAskRoomNs) {
    asked_room_ns_ = now_ns;
    if (room()) full_ = false;
    progress_.counters.disk_full = full_ ? 1 : 0;
  }
  if (full_) return {};
  if (file_ < 0) {
    if (auto opened = open(now_ns); !opened) return full_ ? Result<void>() : opened;
  }
  if (comment.empty() && now_ns - beat_ns_ < kBeatNs && now_ns >= beat_ns_) return {};
  beat_ns_ = now_ns;
  add_statistics(now_ns, comment);
  if (auto wrote = write_out(); !wrote) {
    forget_added();
    return full_ ? Result<void>() : wrote;
  }
  at_.segment_bytes = written_;
  progress_.commit(at_);
  if (now_ns - at_.segment_ns >= rules_.seconds * kNanosPerSecond) return finish(now_ns);
  return {};
}

Result<void> SegmentWriter::close(std::int64_t now_ns) { return file_ >= 0 ? finish(now_ns) : Result<void>(); }

/// Opens the segment that the progress names, cut to what is committed, or begins a new one.
Result<void> SegmentWriter::open(std::int64_t now_ns) {
  if (!room()) {
    full_ = true;
    return Error{"the disk is full"};
  }
  if (at_.segment_open != 0) {
    const std::filesystem::path path = place_.folder / segment_name(place_.sensor, at_.segment_ns, place_.queue);
    file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ >= 0 && ftruncate(file_, static_cast<off_t>(at_.segment_bytes)) == 0 && lseek(file_, 0, SEEK_END) >= 0) {
      written_ = at_.segment_bytes;
      beat_ns_ = 0;
      return {};
    }
    if (file_ >= 0) ::close(file_);  // gone, or not ours any more: what was committed stays with whoever has it
    file_ = -1;
  }
  const std::filesystem::path path = place_.folder / segment_name(place_.sensor, now_ns, place_.queue);
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (file_ < 0) {
    if (disk_said_full(errno)) return Error{"the disk is full"};
    return errno_error("cannot write the capture segment " + path.string(), errno);
  }
  PcapngBytes header;
  add_pcapng_header(header_, header);
  written_ = 0;
  if (::write(file_, header.data(), header.size()) != static_cast<ssize_t>(header.size())) {
    const int error = errno;
    ::close(file_);
    file_ = -1;
    unlink(path.c_str());
    if (disk_said_full(error)) return Error{"the disk is full"};
    return errno_error("cannot write the capture segment " + path.string(), error);
  }
  written_ = header.size();
  at_.segment_open = 1;
  at_.segment_ns = now_ns;
  at_.segment_bytes = written_;
  progress_.commit(at_);
  ++progress_.counters.segments;
  return {};
}

Result<void> SegmentWriter::write_out() {
  std::size_t done = 0;
  while (done < bytes_.size()) {
    const ssize_t wrote = ::write(file_, bytes_.data() + done, bytes_.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      const int error = wrote < 0 ? errno : ENOSPC;
      if (disk_said_full(error)) return Error{"the disk is full"};
      return errno_error("cannot write to the capture segments in " + place_.folder.string(), error);
    }
    done += static_cast<std::size_t>(wrote);
    written_ += static_cast<std::uint64_t>(wrote);
  }
  bytes_.clear();
  return {};
}

/// Takes back what is not committed.
void SegmentWriter::forget_added() {
  bytes_.clear();
  if (file_ < 0 || written_ == at_.segment_bytes) return;
  if (ftruncate(file_, static_cast<off_t>(at_.segment_bytes)) == 0 && lseek(file_, 0, SEEK_END) >= 0) written_ = at_.segment_bytes;
}

Result<void> SegmentWriter::finish(std::int64_t now_ns) {
  add_statistics(now_ns, {});
  auto wrote = write_out();
  if (wrote) {
    at_.segment_bytes = written_;
    const CaptureCounters& counters = progress_.counters;
    at_.told_system_drops = counters.kernel_drops + counters.unwritten;
    at_.told_received = counters.packets + at_.told_system_drops;
    at_.told_interface_drops = counters.interface_drops;
  } else {
    forget_added();
  }
  at_.segment_open = 0;
  progress_.commit(at_);
  ::close(file_);
  file_ = -1;
  return wrote || full_ ? Result<void>() : wrote;
}

void SegmentWriter::add_statistics(std::int64_t now_ns, const std::string& comment) {
  const CaptureCounters& counters = progress_.counters;
  const std::uint64_t lost = counters.kernel_drops + counters.unwritten;
  add_pcapng_statistics(
      now_ns,
      {counters.packets + lost - at_.told_received, counters.interface_drops - at_.told_interface_drops, lost - at_.told_system_drops},
      comment, bytes_);
}

bool SegmentWriter::room() const {
  struct statvfs disk {};
  if (statvfs(place_.folder.c_str(), &disk) != 0) return true;  // whoever writes will hear why
  return disk.f_bavail * disk.f_frsize > rules_.keep_free;
}

bool SegmentWriter::disk_said_full(int error) {
  if (error == ENOSPC || error == EDQUOT) full_ = true;
  return full_;
}

}  // namespace nightjar
