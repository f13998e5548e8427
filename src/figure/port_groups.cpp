// toml++ 3.3 asserts on some malformed texts: here its assertions throw, as in sensor/sensor_config.cpp, which says why.
#undef NDEBUG
namespace nightjar {
struct PortGroupsAssertion {};
namespace {
[[noreturn]] void throw_toml_assertion() { throw PortGroupsAssertion(); }
}  // namespace
}  // namespace nightjar
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::nightjar::throw_toml_assertion())
#define TOML_EXCEPTIONS 0
#define toml toml_of_port_groups
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/toml_check.hpp"
#include "figure/port_groups.hpp"
#include "net/address.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kHighestPort = 65535;

std::optional<std::int64_t> port_number(std::string_view text) {
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > kHighestPort) return std::nullopt;
  return value;
}

std::optional<PortRange> range_of(const toml::node& node, std::uint8_t protocol) {
  std::optional<std::int64_t> first, last;
  if (const auto number = node.value_exact<std::int64_t>()) {
    first = last = *number >= 0 && *number <= kHighestPort ? number : std::nullopt;
  } else if (const auto text = node.value_exact<std::string>()) {
    const std::size_t dots = text->find("..");
    first = port_number(std::string_view(*text).substr(0, dots));
    last = dots == std::string::npos ? first : port_number(std::string_view(*text).substr(dots + 2));
  }
  if (!first || !last || *first > *last) return std::nullopt;
  return PortRange{protocol, static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

std::string at(const std::string& origin, const toml::node& node) { return origin + ":" + std::to_string(node.source().begin.line) + ": "; }

Result<PortGroup> group_of(const toml::table& table, const std::string& origin) {
  PortGroup group;
  for (const auto& [key, node] : table) {
    if (key == "name" || key == "title") {
      const auto text = node.value_exact<std::string>();
      if (!text || text->empty()) return Error{at(origin, node) + std::string(key.str()) + " is a text"};
      (key == "name" ? group.name : group.title) = *text;
    } else if (key == "tcp" || key == "udp") {
      if (!node.is_array()) return Error{at(origin, node) + std::string(key.str()) + " is a list of ports like [23, \"8000..8010\"]"};
      for (const toml::node& port : *node.as_array()) {
        const auto range = range_of(port, *protocol_number(key.str()));
        if (!range) return Error{at(origin, port) + "a port is a number from 0 to 65535 or a range like \"8000..8010\""};
        group.ports.push_back(*range);
      }
    } else {
      return Error{at(origin, node) + "a group has name, title, tcp and udp, not \"" + std::string(key.str()) + "\""};
    }
  }
  if (group.name.empty()) return Error{at(origin, table) + "a group needs a name"};
  return group;
}

/// Nothing if toml++ asserts.
std::optional<toml::parse_result> parse(const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const PortGroupsAssertion&) {
    return std::nullopt;
  }
}

}  // namespace

bool PortGroup::contains(std::uint8_t protocol, std::uint16_t port) const {
  return std::ranges::any_of(
      ports, [&](const PortRange& range) { return range.protocol == protocol && range.first <= port && port <= range.last; });
}

Result<std::vector<PortGroup>> parse_port_groups(std::string_view text, const std::string& origin) {
  const CheckedToml checked = check_before_toml(text);
  if (checked.mistake) return Error{origin + ":" + std::to_string(checked.mistake->line) + ": " + std::string(checked.mistake->sentence)};
  auto parsed = parse(checked.text);
  if (!parsed) return Error{origin + ": this is no TOML; tables are written [[group]]"};
  if (!*parsed)
    return Error{origin + ":" + std::to_string(parsed->error().source().begin.line) + ": " + std::string(parsed->error().description())};
  const toml::table& table = parsed->table();
  const toml::array* list = table["group"].as_array();
  if (list == nullptr || table.size() != 1) return Error{origin + ": the file holds tables [[group]] and nothing else"};
  std::vector<PortGroup> groups;
  for (const toml::node& node : *list) {
    if (!node.is_table()) return Error{at(origin, node) + "a group is a table: [[group]]"};
    auto group = group_of(*node.as_table(), origin);
    if (!group) return group.error();
    for (const PortGroup& other : groups) {
      if (other.name == group->name) return Error{at(origin, node) + "there are two groups \"" + other.name + "\""};
      for (const PortRange& mine : group->ports)
        for (const PortRange& theirs : other.ports)
          if (mine.protocol == theirs.protocol && mine.first <= theirs.last && theirs.first <= mine.last)
            return Error{at(origin, node) + "port " + std::to_string(std::max(mine.first, theirs.first)) + "/" +
                         protocol_name(mine.protocol) + " stands in the groups " + other.name + " and " + group->name +
                         "; shares would count it twice"};
    }
    groups.push_back(*std::move(group));
  }
  return groups;
}

}  // namespace nightjar
