#include "incident/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.hpp"
#include "base/text_columns.hpp"
#include "base/toml_tree.hpp"

namespace nightjar {
namespace {

const Rule* rule_named(std::string_view key) {
  const auto rules = rule_table();
  const auto found = std::ranges::find(rules, key, &Rule::key);
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace

std::string Rules::name() const {
  const Rules usual;
  std::string text;
  for (const Rule& rule : rule_table()) {
    if (this->*rule.value == usual.*rule.value) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", rule.key, this->*rule.value);
  }
  return text.empty() ? "default" : text;
}

Result<Rules> rules_of_toml(std::string_view text, const std::string& file) {
  const auto tree = parse_toml_tree(text, file);
  if (!tree) return tree.error();
  const auto mistake = [&](std::size_t line, const std::string& sentence) {
    return Error{file + ":" + std::to_string(line) + ": " + sentence};
  };
  Rules rules;
  const TomlNode* table = tree->find("detect");
  if (table == nullptr) return rules;
  if (table->kind != TomlNode::Kind::table) return mistake(table->line, "detect must be a table: write [detect], then a rule a line");
  for (const TomlEntry& entry : table->entries) {
    const Rule* rule = rule_named(entry.key);
    if (rule == nullptr) {
      std::vector<std::string_view> keys;
      for (const Rule& each : rule_table()) keys.push_back(each.key);
      const std::string meant = nearest(entry.key, keys);
      return mistake(entry.line,
                     fmt::format("[detect] has no rule \"{}\"{}; nightjar detect --explain-rules lists them",
                                 escape_for_terminal(entry.key), meant.empty() ? std::string() : ". Did you mean " + meant + "?"));
    }
    const double value = entry.node.number;
    const bool fits = entry.node.kind == TomlNode::Kind::number && value >= rule->least && value <= rule->most;
    if (!fits || (rule->whole && value != std::floor(value)))
      return mistake(entry.line, fmt::format("{} must be a {} from {} to {} ({})", rule->key, rule->whole ? "whole number" : "number",
                                             rule->least, rule->most, rule->unit));
    rules.*rule->value = value;
  }
  return rules;
}

std::string explain_rules(const Rules& rules, std::size_t columns) {
  constexpr std::size_t indent = 2;
  const Rules usual;
  std::string out = wrapped("Rules of detection: " + rules.name() + ". nightjar.toml sets them under [detect].", 0, columns);
  for (const Rule& rule : rule_table()) {
    const double value = rules.*rule.value;
    const std::string changed = value == usual.*rule.value ? "" : fmt::format(", default {}", usual.*rule.value);
    out += fmt::format("\n{} = {}\n", rule.key, value);
    out += wrapped(fmt::format("{}; from {} to {}{}", rule.unit, rule.least, rule.most, changed), indent, columns);
    out += wrapped(rule.sentence, indent, columns);
    out += wrapped(fmt::format("Why: {}", rule.reason), indent, columns);
  }
  return out;
}

}  // namespace nightjar
