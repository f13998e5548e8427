#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "simulate/scenario_table.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kLastDay = 83'741;  ///< 2199-04-11; nanoseconds since 1970 end in 2262
constexpr std::string_view kTimeExample =
    "a time is written \"2017-05-12\" or \"2017-05-12T17:00\", with \"Z\" or \"+09:00\" behind it for another zone";

/// Digits of `text` at `at`, two of them, at most `most`.
std::optional<int> two_digits(std::string_view text, std::size_t at, int most) {
  int value = 0;
  if (text.size() < at + 2) return std::nullopt;
  const char *first = text.data() + at, *last = first + 2;
  const auto [end, error] = std::from_chars(first, last, value);
  return error == std::errc() && end == last && value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

/// Seconds of "17:00" or "17:00:30"; toml++ writes fractions too, which are left out.
std::optional<std::int64_t> seconds_of_clock(std::string_view text) {
  const auto hours = two_digits(text, 0, 23), minutes = two_digits(text, 3, 59);
  if (!hours || !minutes || text[2] != ':') return std::nullopt;
  std::int64_t seconds = *hours * kSecondsPerHour + *minutes * kSecondsPerMinute;
  if (text.size() == 5) return seconds;
  const auto rest = two_digits(text, 6, 59);
  if (!rest || text[5] != ':' || (text.size() > 8 && text[8] != '.')) return std::nullopt;
  if (text.find_first_not_of("0123456789", std::min<std::size_t>(text.size(), 9)) != std::string_view::npos) return std::nullopt;
  return seconds + *rest;
}

std::string range_of(Limits limits) {
  const std::string least = fmt::format("{}{}", limits.above_least ? "above " : "", limits.least);
  if (limits.most >= kPositive.most) return limits.above_least ? least : "not below " + least;
  return limits.above_least ? fmt::format("{} and at most {}", least, limits.most) : fmt::format("from {} to {}", least, limits.most);
}

}  // namespace

void ScenarioFile::mistake(std::size_t line, const std::string& sentence) {
  line = std::max<std::size_t>(line, 1);
  if (first_mistake && line_of_mistake <= line) return;
  first_mistake = Error{fmt::format("{}:{}: {}", name, line, sentence)};
  line_of_mistake = line;
}

std::string in_quotes(std::string_view text) { return "\"" + escape_for_terminal(text) + "\""; }

std::string unknown(std::string_view what, std::string_view name, const std::vector<std::string_view>& possible) {
  const std::string meant = nearest(name, possible);
  return fmt::format("unknown {} {}{}possible: {}", what, in_quotes(name),
                     meant.empty() ? "; " : fmt::format("; did you mean \"{}\"? All that are ", meant), fmt::join(possible, ", "));
}

Result<std::int64_t> parse_utc_offset(std::string_view text) {
  if (text == "Z" || text == "UTC") return 0;
  const auto hours = two_digits(text, 1, 14), minutes = two_digits(text, 4, 59);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !hours || !minutes)
    return Error{"a zone is written \"+09:00\", from \"-14:00\" to \"+14:00\", or \"Z\" for UTC, not " + in_quotes(text)};
  const std::int64_t seconds = *hours * kSecondsPerHour + *minutes * kSecondsPerMinute;
  return text[0] == '-' ? -seconds : seconds;
}

Result<std::int64_t> parse_scenario_time(std::string_view text, std::int64_t utc_offset) {
  const auto wrong = [&] { return Error{fmt::format("{} is no time; {}", in_quotes(text), kTimeExample)}; };
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return text.size() >= 10 && text[4] == '-' && text[7] == '-' ? Error{escape_for_terminal(day.error().sentence)} : wrong();
  if (*day < 0 || *day > kLastDay) return Error{in_quotes(text) + " is before 1970 or after 2199-04"};
  std::string_view clock = text.substr(10);
  if (!clock.empty()) {
    const std::size_t zone = clock.find_first_of("Z+-");
    if (zone != std::string_view::npos) {
      const auto offset = parse_utc_offset(clock.substr(zone));
      if (!offset) return wrong();
      utc_offset = *offset;
      clock = clock.substr(0, zone);
    }
    if (clock.empty() || (clock[0] != 'T' && clock[0] != ' ')) return wrong();
    clock.remove_prefix(1);
  }
  const auto seconds = clock.empty() && text.size() == 10 ? std::optional<std::int64_t>(0) : seconds_of_clock(clock);
  if (!seconds) return wrong();
  const std::int64_t second = *day * kSecondsPerDay + *seconds - utc_offset;
  if (second < 0) return Error{in_quotes(text) + " is before 1970 or after 2199-04"};
  return second;
}

double number_of(ScenarioFile& file, const TomlNode& node, std::string_view what, Limits limits) {
  const bool right = node.kind == TomlNode::Kind::number && std::isfinite(node.number) && node.number >= limits.least &&
                     node.number <= limits.most && !(limits.above_least && node.number == limits.least);
  if (right) return node.number;
  file.mistake(node.line, fmt::format("{} must be a number {}", what, range_of(limits)));
  return limits.most;
}

std::string text_of(ScenarioFile& file, const TomlNode& node, std::string_view what) {
  if (node.kind == TomlNode::Kind::text && !node.text.empty()) return node.text;
  file.mistake(node.line, fmt::format("{} must be text in quotes, not empty", what));
  return "?";
}

std::int64_t time_of(ScenarioFile& file, const TomlNode& node, std::string_view what) {
  if (node.kind != TomlNode::Kind::text && node.kind != TomlNode::Kind::time) {
    file.mistake(node.line, fmt::format("{}: {}", what, kTimeExample));
    return 0;
  }
  const auto time = parse_scenario_time(node.text, file.utc_offset);
  if (time) return *time;
  file.mistake(node.line, fmt::format("{}: {}", what, time.error().sentence));
  return 0;
}

void each_pair(ScenarioFile& file, const TomlNode& list, std::string_view what, std::string_view example, const PairReader& read) {
  const auto wrong = [&](const TomlNode& node) { file.mistake(node.line, fmt::format("{} must be a list of pairs: {}", what, example)); };
  if (list.kind != TomlNode::Kind::list || list.items.empty()) return wrong(list);
  for (const TomlNode& pair : list.items) {
    if (pair.kind != TomlNode::Kind::list || pair.items.size() != 2) return wrong(pair);
    read(pair.items[0], pair.items[1]);
  }
}

}  // namespace nightjar::simulate
