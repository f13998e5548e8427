#include "store/scan_chain.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "base/hash.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kEnded = " ended", kOpen = " open";

void mix_in(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = mix64(hash ^ static_cast<unsigned char>(c));
  hash = mix64(hash + 1);
}

/// The next word of "FIRST-DAY BEFORE ID".
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

/// What a file says of its link; nothing if it says something else.
std::optional<ScanLink> link_of(const LakeFile& file) {
  const std::string_view maker = made_by(file);
  const bool ended = maker.ends_with(kEnded);
  if (file.table != Table::scans || (!ended && !maker.ends_with(kOpen))) return std::nullopt;
  ScanLink link;
  link.rules = maker.substr(0, maker.size() - (ended ? kEnded : kOpen).size());
  std::string_view rest = made_from(file);
  const std::string_view first = take_word(rest);
  const auto [end, bad] = std::from_chars(first.data(), first.data() + first.size(), link.first_day);
  if (bad != std::errc() || end != first.data() + first.size()) return std::nullopt;
  link.last_day = file.day;
  link.before = take_word(rest);
  link.id = take_word(rest);
  (ended ? link.ended : link.open) = &file;
  return link;
}

/// Whether a link goes on where the chain ends: no day between, and made from what the lake holds.
bool continues(const std::vector<ScanLink>& chain, const ScanLink& link, const std::map<std::int64_t, std::string>& flows) {
  if (link.ended == nullptr || (!chain.empty() && link.rules != chain.back().rules)) return false;
  const auto next = chain.empty() ? flows.begin() : flows.upper_bound(chain.back().last_day);
  if (next == flows.end() || next->first != link.first_day) return false;
  const std::string_view before = chain.empty() ? kNoScanLink : std::string_view(chain.back().id);
  return link.before == before && link.id == next_scan_link(flows, before, link.rules, link.first_day, link.last_day).id;
}

}  // namespace

ScanLink next_scan_link(const std::map<std::int64_t, std::string>& flows, std::string_view before, std::string_view rules,
                        std::int64_t first_day, std::int64_t last_day) {
  std::uint64_t hash = 0;
  mix_in(hash, before);
  mix_in(hash, rules);
  for (auto day = flows.lower_bound(first_day); day != flows.end() && day->first <= last_day; ++day) {
    mix_in(hash, std::to_string(day->first));
    mix_in(hash, day->second);
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return {first_day, last_day, std::string(rules), std::string(before), text.data()};
}

std::string made_by_of_ended(const ScanLink& link) { return link.rules + std::string(kEnded); }
std::string made_by_of_open(const ScanLink& link) { return link.rules + std::string(kOpen); }
std::string made_from_of(const ScanLink& link) { return std::to_string(link.first_day) + " " + link.before + " " + link.id; }

std::vector<ScanLink> scan_chain(const LakeVersion& version, const std::map<std::int64_t, std::string>& flows) {
  std::map<std::int64_t, ScanLink> by_last_day;
  for (const LakeFile& file : version.files) {
    auto link = link_of(file);
    if (!link) continue;
    const auto [found, fresh] = by_last_day.try_emplace(link->last_day, *link);
    if (fresh || found->second.id != link->id) continue;
    if (link->ended != nullptr) found->second.ended = link->ended;
    if (link->open != nullptr) found->second.open = link->open;
  }
  std::vector<ScanLink> chain;
  for (auto& [last_day, link] : by_last_day) {
    if (!continues(chain, link, flows)) break;
    chain.push_back(std::move(link));
  }
  return chain;
}

std::vector<const LakeFile*> believed_scans(const LakeVersion& version) {
  std::vector<const LakeFile*> files;
  const auto chain = scan_chain(version, flows_by_day(version));
  for (const ScanLink& link : chain) files.push_back(link.ended);
  if (!chain.empty() && chain.back().open != nullptr) files.push_back(chain.back().open);
  return files;
}

}  // namespace nightjar
