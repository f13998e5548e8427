#include "reflector/dns_zone.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace nightjar::reflector {
namespace {

struct ByName {
  bool operator()(const DnsZone::Record& a, std::string_view b) const { return a.name < b; }
  bool operator()(std::string_view a, const DnsZone::Record& b) const { return a < b.name; }
};

}  // namespace

Result<std::string> DnsZone::wire_name(std::string_view text) {
  constexpr std::size_t kLongestLabel = 63, kLongestName = 255;
  const auto mistake = [&](std::string_view why) {
    return Error{"\"" + escape_for_terminal(text) + "\" is no name of DNS: " + std::string(why)};
  };
  if (text == ".") return std::string(1, '\0');
  std::string name, label;
  const auto end_label = [&] {
    const bool fine = !label.empty() && label.size() <= kLongestLabel;
    name += static_cast<char>(label.size());
    name += label;
    label.clear();
    return fine;
  };
  if (text.ends_with('.') && !text.ends_with("\\.")) text.remove_suffix(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '.') {
      if (!end_label()) return mistake("a label must have 1 to 63 characters");
      continue;
    }
    if (c == '\\' && i + 1 < text.size()) c = text[++i];
    label += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  if (!end_label()) return mistake("a label must have 1 to 63 characters");
  name += '\0';
  if (name.size() > kLongestName) return mistake("it has more than 255 bytes");
  return name;
}

DnsZone::DnsZone(std::vector<Record> records) : records_(std::move(records)) {
  std::stable_sort(records_.begin(), records_.end(), [](const Record& a, const Record& b) { return a.name < b.name; });
}

std::span<const DnsZone::Record> DnsZone::records_of(std::string_view name) const {
  const auto [begin, end] = std::equal_range(records_.begin(), records_.end(), name, ByName());
  return {begin, end};
}

}  // namespace nightjar::reflector
