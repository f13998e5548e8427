// What of a ReplyBudget outlives the program. FROZEN within a version: magic "NJBUDGET", content as save() writes it.
#include <algorithm>
#include <string>

#include "base/byte_reader.hpp"
#include "budget/sealed_state.hpp"
#include "reflector/reply_budget.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::string_view kName = "NJBUDGET";
constexpr std::uint32_t kVersion = 1;
/// Streams that a run may have begun after the last file it wrote; far more than it can.
constexpr std::uint64_t kUnsavedStreaks = std::uint64_t{1} << 32;
constexpr std::size_t kEntryBytes = 8 + 8 + 4 + 4 + 1 + 1;

}  // namespace

std::vector<std::uint8_t> ReplyBudget::save(bool clean) const {
  const auto gap = static_cast<std::uint32_t>(settings_.silence_seconds);
  budget::StateWriter content;
  content.u8(clean ? 1 : 0);
  content.u32(listen_until_ > now_ ? listen_until_ - now_ : 0);
  content.u32(lost_until_ > now_ ? lost_until_ - now_ : 0);
  content.u64(last_streak_);
  for (const Table* table : {&hosts_, &prefixes_}) {
    std::uint32_t entries = 0;
    table->for_each([&](budget::SourceKey, const KeyHistory& history) { entries += history.idle(now_, gap) ? 0 : 1; });
    content.u32(entries);
    table->for_each([&](budget::SourceKey key, const KeyHistory& history) {
      if (history.idle(now_, gap)) return;
      content.u64(static_cast<std::uint64_t>(key));
      content.u64(history.streak);
      content.u32(history.packets);
      content.u32(
          static_cast<std::uint32_t>(std::min<std::uint64_t>(history.bytes_out.at_most(KeyHistory::slot(now_)), ~std::uint32_t{0})));
      content.u8(static_cast<std::uint8_t>(std::min<std::uint64_t>(history.replies_in_hour(now_), 255)));
      // An attack that is over leaves its marks until the next request; it must not begin again by a restart.
      content.u8(history.ended(now_, gap) ? 0 : history.marks);
    });
  }
  return budget::seal(kName, kVersion, content.bytes());
}

Result<void> ReplyBudget::restore(std::span<const std::uint8_t> file) {
  const auto gap = static_cast<std::uint32_t>(settings_.silence_seconds);
  const std::string then = "; nothing is sent for " + std::to_string(gap) + " s";
  const auto content = budget::unseal(kName, kVersion, file);
  if (!content) {
    listen_only(gap);
    return Error{"the file of the reply budget cannot be used: " + content.error().sentence + then};
  }
  if (auto done = restore_content(*content); !done) {
    listen_only(gap);
    return Error{"the file of the reply budget cannot be used: " + done.error().sentence + then};
  }
  if (content->front() != 1) {
    last_streak_ += kUnsavedStreaks;
    listen_only(gap);
    return Error{"the last run did not end cleanly, so what it sent at its end is not known" + then};
  }
  return {};
}

Result<void> ReplyBudget::restore_content(std::span<const std::uint8_t> content) {
  ByteReader reader(content);
  const auto le64 = [&] {
    const std::uint64_t low = reader.le32();
    return low | std::uint64_t{reader.le32()} << 32;
  };
  const auto gap = static_cast<std::uint32_t>(settings_.silence_seconds);
  const std::uint8_t clean = reader.u8();
  const std::uint32_t listening = reader.le32(), lost = reader.le32();
  const std::uint64_t streak = le64();
  if (!reader.ok() || clean > 1) return Error{"its content is cut short"};
  listen_only(std::min(listening, 2 * gap));
  lost_until_ = std::max(lost_until_, now_ + std::min(lost, 2 * gap));
  last_streak_ = std::max(last_streak_, streak);
  for (Table* table : {&hosts_, &prefixes_}) {
    const std::uint32_t entries = reader.le32();
    if (!reader.ok() || entries > reader.remaining() / kEntryBytes) return Error{"it names more sources than it holds"};
    for (std::uint32_t i = 0; i < entries; ++i) {
      const auto key = static_cast<budget::SourceKey>(le64());
      const std::uint64_t its_streak = le64();
      const std::uint32_t packets = reader.le32(), bytes_out = reader.le32();
      const std::uint8_t replies = reader.u8(), marks = reader.u8();
      if (key == budget::SourceKey::none || (marks & ~KeyHistory::kMarks) != 0 || its_streak > last_streak_)
        return Error{"it holds what no run writes"};
      KeyHistory* history = claim(*table, key);
      if (history == nullptr) {  // smaller tables than those of the run before
        lost_until_ = std::max(lost_until_, now_ + gap + 1);
        continue;
      }
      history->streak = its_streak;
      history->packets = packets;
      history->last_seen = now_;
      history->marks = marks;
      history->replies.add(KeyHistory::slot(now_), replies);
      history->bytes_out.add(KeyHistory::slot(now_), bytes_out);
    }
  }
  if (reader.remaining() != 0) return Error{"more follows than it says"};
  return {};
}

}  // namespace nightjar::reflector
