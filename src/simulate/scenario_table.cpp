#include "simulate/scenario_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace nightjar::simulate {
namespace {

const std::vector<TomlEntry> kNoEntries;

}  // namespace

ScenarioTable::ScenarioTable(ScenarioFile& file, const TomlNode& node, std::string name)
    : file_(file), node_(node), name_(std::move(name)) {
  if (node.kind != TomlNode::Kind::table) file.mistake(node.line, fmt::format("{} must be a table", name_));
}

const TomlNode* ScenarioTable::find(std::string_view key) {
  asked_.push_back(key);
  return node_.find(key);
}

const TomlNode* ScenarioTable::need(std::string_view key, std::string_view example) {
  const TomlNode* node = find(key);
  if (node == nullptr) mistake(node_.line, fmt::format("{} needs {}: {}", name_, key, example));
  return node;
}

std::string ScenarioTable::text(std::string_view key) {
  const TomlNode* node = find(key);
  return node == nullptr ? "" : text_of(file_, *node, key);
}

std::string ScenarioTable::needed_text(std::string_view key, std::string_view example) {
  const TomlNode* node = need(key, example);
  return node == nullptr ? "?" : text_of(file_, *node, key);
}

std::vector<std::string> ScenarioTable::texts(std::string_view key) {
  std::vector<std::string> texts;
  const TomlNode* node = find(key);
  if (node == nullptr) return texts;
  if (node->kind != TomlNode::Kind::list) mistake(node->line, fmt::format("{} must be a list of texts: {} = [\"...\"]", key, key));
  for (const TomlNode& item : node->items) texts.push_back(text_of(file_, item, fmt::format("each of {}", key)));
  return texts;
}

double ScenarioTable::number(std::string_view key, double otherwise, Limits limits) {
  const TomlNode* node = find(key);
  return node == nullptr ? otherwise : number_of(file_, *node, key, limits);
}

std::uint32_t ScenarioTable::count(std::string_view key, std::uint32_t otherwise, std::uint32_t most) {
  const TomlNode* node = find(key);
  if (node == nullptr) return otherwise;
  if (node->kind == TomlNode::Kind::number && node->number >= 0 && node->number <= most && std::floor(node->number) == node->number)
    return static_cast<std::uint32_t>(node->number);
  mistake(node->line, fmt::format("{} must be a whole number from 0 to {}", key, most));
  return otherwise;
}

bool ScenarioTable::truth(std::string_view key, bool otherwise) {
  const TomlNode* node = find(key);
  if (node == nullptr) return otherwise;
  if (node->kind != TomlNode::Kind::boolean) mistake(node->line, fmt::format("{} must be true or false", key));
  return node->number == 1;
}

std::int64_t ScenarioTable::time(std::string_view key, std::int64_t otherwise) {
  const TomlNode* node = find(key);
  return node == nullptr ? otherwise : time_of(file_, *node, key);
}

std::int64_t ScenarioTable::needed_time(std::string_view key) {
  const TomlNode* node = need(key, fmt::format("{} = \"2017-05-12\"", key));
  return node == nullptr ? 0 : time_of(file_, *node, key);
}

Curve ScenarioTable::curve(std::string_view key) {
  Curve curve;
  const TomlNode* node = find(key);
  if (node == nullptr) return curve;
  if (node->kind == TomlNode::Kind::number) {
    curve.points.push_back({0, number_of(file_, *node, key, kNotNegative)});
    return curve;
  }
  const std::string what = std::string(key);
  each_pair(file_, *node, what, what + " = [[\"2017-05-12T17:00\", 1000], [\"2017-05-20\", 4000]], or one number",
            [&](const TomlNode& when, const TomlNode& value) {
              const Curve::Point point{time_of(file_, when, what), number_of(file_, value, what, kNotNegative)};
              if (!curve.points.empty() && point.second < curve.points.back().second)
                mistake(when.line, fmt::format("{} goes back in time here; its times must ascend", key));
              curve.points.push_back(point);
            });
  return curve;
}

const std::vector<TomlEntry>& ScenarioTable::entries(std::string_view key, std::string_view example) {
  const TomlNode* node = find(key);
  if (node == nullptr) return kNoEntries;
  if (node->kind != TomlNode::Kind::table) mistake(node->line, fmt::format("{} must be a table: {}", key, example));
  return node->entries;
}

std::vector<const TomlNode*> ScenarioTable::tables(std::string_view key, std::string_view full_name) {
  std::vector<const TomlNode*> tables;
  const TomlNode* node = find(key);
  if (node == nullptr) return tables;
  if (node->kind != TomlNode::Kind::list) mistake(node->line, fmt::format("{} is written with two brackets each: [[{}]]", key, full_name));
  for (const TomlNode& item : node->items) {
    if (item.kind != TomlNode::Kind::table) mistake(item.line, fmt::format("{} is written with two brackets each: [[{}]]", key, full_name));
    tables.push_back(&item);
  }
  return tables;
}

void ScenarioTable::done() {
  for (const TomlEntry& entry : node_.entries) {
    if (std::find(asked_.begin(), asked_.end(), entry.key) != asked_.end()) continue;
    mistake(entry.line, unknown(fmt::format("key in {}:", name_), entry.key, asked_));
  }
}

}  // namespace nightjar::simulate
