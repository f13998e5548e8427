#include "relay/segment_sender.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

#include "relay/digest.hpp"
#include "relay/inbox_server.hpp"

namespace nightjar {
namespace {

constexpr unsigned kUnknownToken = 401, kConflict = 409;
constexpr std::chrono::milliseconds kNap{100};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void wait(std::uint32_t seconds, const std::atomic<bool>& stop) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!stop && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(kNap);
}

}  // namespace

Result<void> SegmentSender::run(const std::atomic<bool>& stop) {
  while (!stop) {
    if (auto sent = send_waiting(stop); !sent) return sent;
    if (rules_.keep_days >= 0) {
      if (auto forgotten = outbox_.forget_sent(now_ns(), rules_.keep_days); !forgotten) return forgotten.error();
    }
    if (rules_.once && !passed_over_.empty())
      return Error{std::to_string(passed_over_.size()) + " segments are not taken by the central node"};
    if (rules_.once) return said_.empty() ? Result<void>() : Error{said_};
    wait(pause_seconds_ > 0 ? pause_seconds_ : rules_.every_seconds, stop);
  }
  return {};
}

Result<void> SegmentSender::send_waiting(const std::atomic<bool>& stop) {
  auto waiting = outbox_.waiting();
  if (!waiting) return waiting.error();
  for (const Segment& segment : *waiting) {
    if (stop) return {};
    if (passed_over_.contains(segment.path.filename().string())) continue;
    auto outcome = send(segment, stop);
    if (!outcome) return outcome.error();
    if (*outcome == Outcome::later) return {};
    if (*outcome == Outcome::refused) passed_over_.insert(segment.path.filename().string());
  }
  return {};
}

Result<SegmentSender::Outcome> SegmentSender::later(const std::string& reason) {
  ++counts_.failures;
  pause_seconds_ = std::clamp<std::uint32_t>(pause_seconds_ * 2, 1, rules_.most_pause_seconds);
  if (std::exchange(said_, reason) != reason) say_(reason + "; the segments wait here, and are tried again");
  return Outcome::later;
}

Result<SegmentSender::Outcome> SegmentSender::send(const Segment& segment, const std::atomic<bool>& stop) {
  auto digest = digest_of_file(segment.path);
  if (!digest) return digest.error();
  std::ifstream file(segment.path, std::ios::binary);
  if (!file) return Error{"cannot read " + segment.path.string()};
  auto reply = client_.ask(*digest);
  std::string piece(kPieceBytes, '\0');
  // A segment is in twice its pieces, or something is wrong with the answers.
  for (std::uint64_t tries = 2 * (segment.bytes / kPieceBytes + 2); tries > 0; --tries) {
    if (stop) return Outcome::later;
    if (!reply) return later(reply.error().sentence);
    if (reply->status == kUnknownToken) return Error{"the central node does not know this token: " + reply->sentence};
    const bool may_go_on = reply->taken() || reply->status == kConflict;
    if (!may_go_on && reply->hopeless()) {
      ++counts_.failures;
      said_ = segment.path.filename().string() + " is not taken: " + reply->sentence;
      say_(said_);
      return Outcome::refused;
    }
    if (!may_go_on) return later("the central node takes no segment now: " + reply->sentence);
    if (reply->complete) {
      if (auto noted = outbox_.acknowledged(segment); !noted) return noted.error();
      ++counts_.segments;
      pause_seconds_ = 0;
      if (!std::exchange(said_, {}).empty()) say_("the central node takes segments again");
      return Outcome::sent;
    }
    // All bytes may be there of a segment that is not complete: the central node was ended between the two, and finishes it when asked.
    const std::size_t count = std::min<std::uint64_t>(kPieceBytes, segment.bytes - std::min(reply->have, segment.bytes));
    file.clear();
    file.seekg(static_cast<std::streamoff>(reply->have));
    file.read(piece.data(), static_cast<std::streamsize>(count));
    if (static_cast<std::size_t>(file.gcount()) != count) return Error{"cannot read " + segment.path.string()};
    reply = client_.bring(*digest, segment.bytes, reply->have, {piece.data(), count});
    counts_.bytes += count;
  }
  return later("the central node asks again and again for " + segment.path.filename().string());
}

}  // namespace nightjar
