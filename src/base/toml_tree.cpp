// toml++ 3.3 asserts on some malformed texts: here its assertions throw, as in sensor/sensor_config.cpp, which says why.
#undef NDEBUG
namespace nightjar {
struct TomlTreeAssertion {};
namespace {
[[noreturn]] void throw_toml_assertion() { throw TomlTreeAssertion(); }
}  // namespace
}  // namespace nightjar
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::nightjar::throw_toml_assertion())
#define TOML_EXCEPTIONS 0
#define toml toml_of_tree
#include "base/toml_tree.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "base/toml_check.hpp"

namespace nightjar {
namespace {

/// Nothing if toml++ asserts.
std::optional<toml::parse_result> parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const TomlTreeAssertion&) {
    return std::nullopt;
  }
}

template <class Time>
std::string text_of_time(const Time& time) {
  std::ostringstream text;
  text << time;
  return std::move(text).str();
}

TomlNode tree_of(const toml::node& from);

std::vector<TomlEntry> entries_of(const toml::table& table) {
  // toml++ sorts keys by their letters; readers mean the order in which they are written.
  std::vector<std::pair<toml::source_position, TomlEntry>> placed;
  for (const auto& [key, value] : table) {
    const std::size_t line = key.source().begin.line;
    placed.emplace_back(key.source().begin, TomlEntry{std::string(key.str()), line, tree_of(value)});
    placed.back().second.node.line = line;
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.line, a.first.column) < std::tie(b.first.line, b.first.column);
  });
  std::vector<TomlEntry> entries;
  entries.reserve(placed.size());
  for (auto& [position, entry] : placed) entries.push_back(std::move(entry));
  return entries;
}

TomlNode tree_of(const toml::node& from) {
  using Kind = TomlNode::Kind;
  TomlNode to;
  to.line = std::max<std::size_t>(from.source().begin.line, 1);
  if (const auto* table = from.as_table()) {
    to.entries = entries_of(*table);
  } else if (const auto* list = from.as_array()) {
    to.kind = Kind::list;
    to.items.reserve(list->size());
    for (const toml::node& item : *list) to.items.push_back(tree_of(item));
  } else if (const auto* text = from.as_string()) {
    to.kind = Kind::text;
    to.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    to.kind = Kind::number;
    to.number = static_cast<double>(integer->get());
  } else if (const auto* real = from.as_floating_point()) {
    to.kind = Kind::number;
    to.number = real->get();
  } else if (const auto* truth = from.as_boolean()) {
    to.kind = Kind::boolean;
    to.number = truth->get() ? 1 : 0;
  } else {
    to.kind = Kind::time;
    if (const auto* date = from.as_date()) to.text = text_of_time(date->get());
    if (const auto* time = from.as_time()) to.text = text_of_time(time->get());
    if (const auto* both = from.as_date_time()) to.text = text_of_time(both->get());
  }
  return to;
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const TomlEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->node;
}

Result<TomlNode> parse_toml_tree(std::string_view text, const std::string& file) {
  const auto mistake = [&](std::size_t line, std::string_view sentence) {
    return Error{file + ":" + std::to_string(std::max<std::size_t>(line, 1)) + ": " + escape_for_terminal(sentence)};
  };
  const CheckedToml checked = check_before_toml(text);
  if (checked.mistake) return mistake(checked.mistake->line, checked.mistake->sentence);
  const auto parsed = parse(checked.text);
  if (!parsed) return mistake(1, "the file is no TOML; is a bracket wrong? Tables are written [name] and [[name]]");
  if (!*parsed) return mistake(parsed->error().source().begin.line, parsed->error().description());
  return tree_of(parsed->table());
}

}  // namespace nightjar
