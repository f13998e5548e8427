#include "detect/attack_spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <span>
#include <tuple>
#include <type_traits>

#include "base/file.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;
static_assert(std::is_trivially_copyable_v<AttackSpool::Entry>);

}  // namespace

AttackSpool::~AttackSpool() {
  if (file_ >= 0) ::close(file_);
}

Result<void> AttackSpool::add(const Attack& attack) {
  Entry entry{};
  entry.id = attack.id;
  entry.parent = attack.parent;
  entry.first_ms = attack.first_ms;
  entry.last_ms = attack.last_ms;
  entry.src = attack.src;
  entry.src_low = attack.src_low;
  entry.victims = attack.victims;
  entry.packets = attack.packets;
  entry.bytes_in = attack.bytes_in;
  entry.bytes_out = attack.bytes_out;
  entry.ports = attack.ports;
  entry.peak_per_minute = attack.peak_per_minute;
  entry.destinations = attack.destinations;
  entry.mismatches = attack.mismatches;
  entry.services = attack.services;
  entry.asn = attack.asn;
  entry.sensors = static_cast<std::uint32_t>(attack.sensors.size());
  entry.port = attack.stored_port();
  entry.sensor = attack.sensors.front();
  entry.country = attack.country;
  entry.kind = attack.kind;
  entry.level = attack.level;
  entry.ip_version = attack.ip_version;
  entry.prefix_length = attack.prefix_length;
  entry.protocol = attack.protocol;
  held_[floor_div(attack.first_ms, kMsPerDay)].push_back(entry);
  return ++entries_held_ < kMostHeld ? Result<void>() : spill();
}

Result<void> AttackSpool::spill() {
  if (file_ < 0) {
    if (auto made = make_folders(folder_); !made) return made;
    std::string name = (folder_ / "attacks-XXXXXX").string();
    file_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (file_ < 0) return errno_error("cannot make a file in " + folder_.string(), errno);
    ::unlink(name.c_str());
  }
  for (const auto& [day, entries] : held_) {
    const auto bytes = std::as_bytes(std::span(entries));
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t written = ::pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(end_ + done));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return errno_error("cannot write the attacks found so far to a file in " + folder_.string(), errno);
      done += static_cast<std::size_t>(written);
    }
    spilled_[day].push_back({end_, entries.size()});
    end_ += bytes.size();
  }
  held_.clear();
  entries_held_ = 0;
  return {};
}

std::vector<std::int64_t> AttackSpool::days() const {
  std::set<std::int64_t> all;
  for (const auto& [day, entries] : held_) all.insert(day);
  for (const auto& [day, blocks] : spilled_) all.insert(day);
  return {all.begin(), all.end()};
}

Result<std::vector<AttackSpool::Entry>> AttackSpool::day(std::int64_t day) {
  std::vector<Entry> entries = held_[day];
  for (const Block& block : spilled_[day]) {
    const std::size_t before = entries.size();
    entries.resize(before + block.entries);
    const auto room = std::as_writable_bytes(std::span(entries).subspan(before));
    for (std::size_t done = 0; done < room.size();) {
      const ssize_t read = ::pread(file_, room.data() + done, room.size() - done, static_cast<off_t>(block.offset + done));
      if (read < 0 && errno == EINTR) continue;
      if (read <= 0) return errno_error("cannot read the attacks found so far from a file in " + folder_.string(), read < 0 ? errno : EIO);
      done += static_cast<std::size_t>(read);
    }
  }
  std::ranges::sort(entries, {},
                    [](const Entry& entry) { return std::tuple(entry.first_ms, entry.src, entry.src_low, entry.level, entry.id); });
  return entries;
}

}  // namespace nightjar
