#include "relay/segment_inbox.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;

/// 65 bytes for each: ten million segments.
constexpr std::uint64_t kMostListBytes = 650'000'000;

InboxState refused(Refusal refusal, std::string sentence, std::uint64_t have = 0) { return {have, false, refusal, std::move(sentence)}; }
InboxState failed(const Error& error) { return refused(error.sentence.empty() ? Refusal::none : Refusal::failed, error.sentence); }

/// The ending of a file that begins so; nothing: it is no capture, compressed or not.
std::optional<std::string_view> ending_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> beginnings = {{
      {"\x28\xb5\x2f\xfd"sv, ".pcapng.zst"},
      {"\x1f\x8b"sv, ".pcapng.gz"},
      {"\xfd\x37\x7a\x58\x5a"sv, ".pcapng.xz"},
      {"BZh"sv, ".pcapng.bz2"},
      {"\x0a\x0d\x0d\x0a"sv, ".pcapng"},
      {"\xd4\xc3\xb2\xa1"sv, ".pcap"},
      {"\xa1\xb2\xc3\xd4"sv, ".pcap"},
      {"\x4d\x3c\xb2\xa1"sv, ".pcap"},
      {"\xa1\xb2\x3c\x4d"sv, ".pcap"},
  }};
  for (const auto& [beginning, ending] : beginnings)
    if (bytes.starts_with(beginning)) return ending;
  return std::nullopt;
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const std::uint64_t bytes = fs::file_size(file, error);
  return error ? 0 : bytes;
}

/// Behind what is there; all of it, or the file is as it was.
Result<void> append_to(const fs::path& file, std::uint64_t offset, std::string_view bytes, bool flush) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR | S_IRGRP);
  if (descriptor < 0) return errno_error("cannot write " + file.string(), errno);
  std::size_t done = 0;
  int reason = 0;
  while (done < bytes.size() && reason == 0) {
    const ssize_t count = ::pwrite(descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count > 0) done += static_cast<std::size_t>(count);
    if (count < 0 && errno != EINTR) reason = errno;
    if (count == 0) reason = ENOSPC;
  }
  if (reason == 0 && flush && ::fsync(descriptor) != 0) reason = errno;
  if (reason != 0 && ::ftruncate(descriptor, static_cast<off_t>(offset)) != 0) reason = reason != 0 ? reason : errno;
  ::close(descriptor);
  if (reason != 0) return errno_error("cannot write " + file.string(), reason);
  return {};
}

}  // namespace

Result<SegmentInbox> SegmentInbox::open(const fs::path& folder, const InboxLimits& limits) {
  SegmentInbox inbox(folder, limits);
  for (const char* name : {"segments", "parts"})
    if (auto made = make_folders(folder / name); !made) return made.error();
  if (auto read = inbox.read_taken(); !read) return read.error();
  return inbox;
}

Result<void> SegmentInbox::read_taken() {
  const fs::path file = folder_ / "taken.list";
  std::error_code error;
  if (fs::exists(file, error)) {
    auto text = read_file(file, kMostListBytes);
    if (!text) return text.error();
    std::string_view rest = *text;
    // A crash may have left half a line: what it was about is still in `segments`, or comes again.
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      if (Sha256::is_digest(rest.substr(0, end))) taken_.emplace(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    if (!rest.empty())
      if (auto closed = append_to(file, text->size(), "\n", true); !closed) return closed;
  }
  for (const auto& entry : fs::directory_iterator(segments(), error)) {
    const std::string name = entry.path().filename().string();
    if (const std::string digest = name.substr(0, Sha256::kDigits); Sha256::is_digest(digest)) taken_.insert(digest);
  }
  if (error) return Error{"cannot read " + segments().string() + ": " + error.message()};
  return {};
}

InboxState SegmentInbox::state(std::string_view digest) const {
  if (!Sha256::is_digest(digest)) return refused(Refusal::bad_digest, "a segment is named by the 64 hexadecimal digits of its SHA-256");
  if (taken_.contains(digest)) return {0, true, Refusal::none, {}};
  return {size_of(part_file(digest)), false, Refusal::none, {}};
}

InboxState SegmentInbox::append(std::string_view digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes) {
  InboxState now = state(digest);
  if (now.refusal != Refusal::none) return now;
  if (now.complete) return {size, true, Refusal::none, {}};
  if (size == 0 || size > limits_.segment_bytes)
    return refused(Refusal::too_large, "a segment has 1 to " + std::to_string(limits_.segment_bytes) + " bytes here, not " +
                                           std::to_string(size) + ": let the sensor close its segments earlier (--segment-mb)");
  if (now.have > size) {
    // Of another size than it was begun with: one of the two is wrong.
    std::error_code error;
    fs::remove(part_file(digest), error);
    return refused(Refusal::wrong_offset, "it is begun anew", 0);
  }
  if (offset != now.have) return refused(Refusal::wrong_offset, std::to_string(now.have) + " bytes of it are here", now.have);
  if (bytes.size() > size - offset) return refused(Refusal::too_large, "more bytes than the segment has", now.have);
  if (offset == 0)
    if (InboxState may = may_begin(size, bytes); may.refusal != Refusal::none) return may;
  auto part = part_of(std::string(digest));
  if (!part) return failed(part.error());
  const bool last = offset + bytes.size() == size;
  if (auto written = append_to(part_file(digest), offset, bytes, last); !written) {
    InboxState answer = failed(written.error());
    answer.have = offset;
    return answer;
  }
  (*part)->digest.add(bytes);
  (*part)->bytes += bytes.size();
  return last ? finish(std::string(digest)) : InboxState{offset + bytes.size(), false, Refusal::none, {}};
}

InboxState SegmentInbox::may_begin(std::uint64_t size, std::string_view bytes) {
  if (!ending_of(bytes)) return refused(Refusal::no_capture, "this is no capture: neither pcap nor pcapng, plain or compressed");
  if (limits_.sensor_bytes > 0 && bytes_here() + size > limits_.sensor_bytes)
    return refused(Refusal::over_quota, "this sensor's " + std::to_string(limits_.sensor_bytes) +
                                            " bytes are used up: some of its segments must be deleted here first");
  struct statvfs disk {};
  if (::statvfs(folder_.c_str(), &disk) != 0)
    return failed(errno_error("cannot ask how full the disk of " + folder_.string() + " is", errno));
  if (static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize < limits_.keep_free_bytes + size)
    return refused(Refusal::disk_full, "the central node's disk is full");
  give_up_oldest_parts();
  return {};
}

Result<SegmentInbox::Part*> SegmentInbox::part_of(const std::string& digest) {
  const std::uint64_t here = size_of(part_file(digest));
  if (const auto found = parts_.find(digest); found != parts_.end() && found->second.bytes == here) return &found->second;
  // An earlier run began it.
  Part part;
  std::ifstream input(part_file(digest), std::ios::binary);
  std::string buffer(1 << 20, '\0');
  while (input) {
    input.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    part.digest.add({buffer.data(), static_cast<std::size_t>(input.gcount())});
    part.bytes += static_cast<std::uint64_t>(input.gcount());
  }
  if (part.bytes != here) return Error{"cannot read " + part_file(digest).string()};
  return &parts_.insert_or_assign(digest, std::move(part)).first->second;
}

InboxState SegmentInbox::finish(const std::string& digest) {
  const auto part = parts_.find(digest);
  const std::uint64_t size = part->second.bytes;
  const bool right = part->second.digest.finish() == digest;
  parts_.erase(part);
  std::error_code error;
  if (!right) {
    fs::remove(part_file(digest), error);
    return refused(Refusal::wrong_content, "its bytes are not those of its SHA-256; send it again from the beginning");
  }
  std::string beginning(8, '\0');
  std::ifstream(part_file(digest), std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  const fs::path to = segments() / (digest + std::string(ending_of(beginning).value_or(".pcapng")));
  fs::rename(part_file(digest), to, error);
  if (error) return failed(Error{"cannot rename a part to " + to.string() + ": " + error.message()});
  if (auto flushed = sync_path(segments()); !flushed) return failed(flushed.error());
  const fs::path list = folder_ / "taken.list";
  if (auto noted = append_to(list, size_of(list), digest + "\n", true); !noted) return failed(noted.error());
  taken_.insert(digest);
  return {size, true, Refusal::none, {}};
}

void SegmentInbox::give_up_oldest_parts() {
  std::vector<std::pair<fs::file_time_type, fs::path>> parts;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ / "parts", error))
    if (const auto time = entry.last_write_time(error); !error) parts.emplace_back(time, entry.path());
  std::ranges::sort(parts);
  for (std::size_t i = 0; i + limits_.parts <= parts.size(); ++i) {
    fs::remove(parts[i].second, error);
    parts_.erase(parts[i].second.stem().string());
  }
}

std::uint64_t SegmentInbox::bytes_here() const {
  std::uint64_t sum = 0;
  std::error_code error;
  for (const char* name : {"segments", "parts"})
    for (const auto& entry : fs::directory_iterator(folder_ / name, error)) sum += size_of(entry.path());
  return sum;
}

}  // namespace nightjar
