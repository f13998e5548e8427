#include "relay/segment_outbox.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "base/file.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kMostListBytes = 1ULL << 30;

/// "BYTES NAME"
bool entry_of(std::string_view line, std::string& name, std::uint64_t& bytes) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || blank + 1 == line.size()) return false;
  if (std::from_chars(line.data(), line.data() + blank, bytes).ec != std::errc()) return false;
  name = line.substr(blank + 1);
  return true;
}

}  // namespace

Result<SegmentOutbox> SegmentOutbox::open(const fs::path& folder, const std::string& sensor) {
  SegmentOutbox outbox(folder, sensor);
  std::error_code error;
  if (!fs::is_directory(folder, error)) return Error{folder.string() + " is no folder: --segments is where nightjar capture writes them"};
  if (!fs::exists(outbox.list(), error)) return outbox;
  auto text = read_file(outbox.list(), kMostListBytes);
  if (!text) return text.error();
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string name;
    std::uint64_t bytes = 0;
    if (entry_of(rest.substr(0, end), name, bytes)) outbox.sent_[name] = bytes;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return outbox;
}

bool SegmentOutbox::was_sent(const Segment& segment) const {
  const auto found = sent_.find(segment.path.filename().string());
  return found != sent_.end() && found->second == segment.bytes;
}

Result<std::vector<Segment>> SegmentOutbox::waiting() const {
  auto segments = list_segments(folder_, sensor_);
  if (!segments) return segments.error();
  std::erase_if(*segments, [&](const Segment& segment) { return !segment.compressed || was_sent(segment); });
  return segments;
}

Result<void> SegmentOutbox::acknowledged(const Segment& segment) {
  const std::string name = segment.path.filename().string();
  // The whole list anew: it holds what is still in the folder, a few thousand lines at most.
  auto there = list_segments(folder_, sensor_);
  if (!there) return there.error();
  std::string text;
  std::map<std::string, std::uint64_t> kept;
  for (const Segment& one : *there) {
    if (was_sent(one)) kept[one.path.filename().string()] = one.bytes;
  }
  kept[name] = segment.bytes;
  for (const auto& [of, bytes] : kept) text += std::to_string(bytes) + " " + of + "\n";
  if (auto written = write_file_atomically(list(), text); !written) return written;
  sent_ = std::move(kept);
  return {};
}

Result<std::size_t> SegmentOutbox::forget_sent(std::int64_t now_ns, std::int64_t days) {
  auto segments = list_segments(folder_, sensor_);
  if (!segments) return segments.error();
  std::size_t deleted = 0;
  for (const Segment& segment : *segments) {
    if (!segment.compressed || !was_sent(segment) || segment.begun_ns > now_ns - days * kSecondsPerDay * 1'000'000'000) continue;
    std::error_code error;
    if (!fs::remove(segment.path, error) && error) return Error{"cannot delete " + segment.path.string() + ": " + error.message()};
    ++deleted;
  }
  return deleted;
}

}  // namespace nightjar
