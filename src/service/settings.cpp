#include "service/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/toml_tree.hpp"

namespace nightjar {
namespace {

using Type = Setting::Type;
constexpr std::uint64_t kLargestFile = 16U << 20;
constexpr std::size_t kMostTables = 1000;

const Setting* setting_named(std::string_view section, std::string_view key) {
  const auto table = setting_table();
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Setting& each) { return each.section == section && each.key == key; });
  return found == table.end() ? nullptr : &*found;
}

std::string in_toml(const Setting& setting, std::string_view value) {
  if (setting.type == Type::texts) return "[]";
  const bool quoted = setting.type == Type::text || setting.type == Type::path;
  return quoted ? "\"" + std::string(value) + "\"" : std::string(value);
}

class SettingsReader {
 public:
  explicit SettingsReader(std::filesystem::path file) { settings_.file = std::move(file); }

  Result<Settings> read(std::string_view text) {
    const auto tree = parse_toml_tree(text, settings_.file.string());
    if (!tree) return tree.error();
    for (const SettingSection& section : setting_sections()) {
      const TomlNode* node = tree->find(section.name);
      if (node == nullptr) continue;
      if (auto done = read_section(section, *node); !done) return done.error();
    }
    return std::move(settings_);
  }

 private:
  Error mistake(std::size_t line, const std::string& sentence) const {
    return Error{settings_.file.string() + ":" + std::to_string(line) + ": " + escape_for_terminal(sentence)};
  }

  Result<void> read_section(const SettingSection& section, const TomlNode& node) {
    if (node.kind == TomlNode::Kind::table) return read_table(section, node);
    const std::string name(section.name);
    const std::string form = section.many ? "[[" + name + "]]" : "[" + name + "]";
    if (node.kind != TomlNode::Kind::list || !section.many) return mistake(node.line, name + " must be a table: write " + form);
    if (node.items.size() > kMostTables) return mistake(node.line, "more than " + with_thousands(kMostTables) + " " + form);
    for (const TomlNode& item : node.items) {
      if (item.kind != TomlNode::Kind::table) return mistake(item.line, name + " must be a table: write " + form);
      if (auto done = read_table(section, item); !done) return done;
    }
    return {};
  }

  Result<void> read_table(const SettingSection& section, const TomlNode& table) {
    SectionValues values(section.name, table.line);
    for (const TomlEntry& entry : table.entries) {
      const Setting* setting = setting_named(section.name, entry.key);
      if (setting == nullptr) return unknown(section, entry);
      auto given = given_of(*setting, entry);
      if (!given) return given.error();
      values.add(std::move(*given));
    }
    for (const Setting& setting : setting_table()) {
      if (setting.section == section.name && setting.required && values.find(setting.key) == nullptr)
        return mistake(table.line, fmt::format("[{}] needs the key {}: {}", section.name, setting.key, setting.sentence));
    }
    place(std::move(values));
    return {};
  }

  void place(SectionValues values) {
    if (values.section() == "run")
      settings_.run = std::move(values);
    else if (values.section() == "capture")
      settings_.captures.push_back(std::move(values));
    else if (values.section() == "watch")
      settings_.watches.push_back(std::move(values));
    else if (values.section() == "send")
      settings_.sends.push_back(std::move(values));
    else if (values.section() == "receive")
      settings_.receive = std::move(values);
    else if (values.section() == "reflector")
      settings_.reflector = std::move(values);
    else
      settings_.honeypot = std::move(values);
  }

  Error unknown(const SettingSection& section, const TomlEntry& entry) const {
    std::vector<std::string_view> keys;
    std::string list;
    for (const Setting& each : setting_table()) {
      if (each.section != section.name) continue;
      keys.push_back(each.key);
      (list += list.empty() ? "" : ", ") += each.key;
    }
    const std::string meant = nearest(entry.key, keys);
    return mistake(entry.line, fmt::format("unknown key \"{}\" in [{}]{} Possible: {}", entry.key, section.name,
                                           meant.empty() ? "." : "; did you mean \"" + meant + "\"?", list));
  }

  Result<SectionValues::Given> given_of(const Setting& setting, const TomlEntry& entry) const {
    SectionValues::Given given{&setting, {}, entry.line};
    const TomlNode& node = entry.node;
    const std::string key(setting.key);
    switch (setting.type) {
      case Type::text:
      case Type::path: {
        auto text = text_of(key, node);
        if (!text) return text.error();
        if (setting.required && text->empty()) return mistake(node.line, key + " is empty");
        given.values.push_back(setting.type == Type::path && !text->empty() ? beside_file(*text) : *text);
        break;
      }
      case Type::number:
      case Type::decimal: {
        const bool whole = setting.type == Type::number;
        const bool fits = node.kind == TomlNode::Kind::number && node.number >= setting.least && node.number <= setting.most;
        if (!fits || (whole && node.number != std::floor(node.number)))
          return mistake(entry.line, fmt::format("{} must be a {} from {:.0f} to {:.0f}", key, whole ? "whole number" : "number",
                                                 setting.least, setting.most));
        given.values.push_back(whole ? fmt::format("{:.0f}", node.number) : fmt::format("{}", node.number));
        break;
      }
      case Type::boolean:
        if (node.kind != TomlNode::Kind::boolean) return mistake(entry.line, key + " must be true or false");
        given.values.emplace_back(node.number != 0 ? "true" : "false");
        break;
      case Type::texts:
        if (node.kind != TomlNode::Kind::list) return mistake(entry.line, key + " must be a list of texts: " + key + " = [\"...\"]");
        for (const TomlNode& item : node.items) {
          auto text = text_of("each of " + key, item);
          if (!text) return text.error();
          given.values.push_back(std::move(*text));
        }
        break;
    }
    return given;
  }

  Result<std::string> text_of(const std::string& key, const TomlNode& node) const {
    if (node.kind != TomlNode::Kind::text) return mistake(node.line, key + " must be text in quotes");
    // It becomes a word of a command line.
    if (node.text.find('\0') != std::string::npos) return mistake(node.line, key + " may not hold a zero byte");
    return node.text;
  }

  std::string beside_file(const std::string& path) const {
    std::error_code ignored;
    return std::filesystem::absolute(settings_.file.parent_path() / path, ignored).lexically_normal().string();
  }

  Settings settings_;
};

}  // namespace

const SectionValues::Given* SectionValues::find(std::string_view key) const {
  const auto found = std::find_if(given_.begin(), given_.end(), [&](const Given& each) { return each.setting->key == key; });
  return found == given_.end() ? nullptr : &*found;
}

std::string SectionValues::text(std::string_view key) const {
  if (const Given* given = find(key); given != nullptr && !given->values.empty()) return given->values.front();
  const Setting* setting = setting_named(section_, key);
  assert(setting != nullptr);
  return std::string(setting->usual);
}

std::int64_t SectionValues::number(std::string_view key) const {
  const std::string digits = text(key);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string Settings::path(const SectionValues& section, std::string_view key) const {
  const std::string value = section.text(key);
  if (value.empty()) return value;
  std::error_code ignored;
  return std::filesystem::absolute(file.parent_path() / value, ignored).lexically_normal().string();
}

std::string example_settings_of(std::string_view section) {
  std::string text;
  for (const Setting& setting : setting_table()) {
    if (setting.section != section) continue;
    text += fmt::format("# {}\n{}{} = {}\n", setting.sentence, setting.required ? "" : "# ", setting.key, in_toml(setting, setting.usual));
  }
  return text;
}

std::string example_settings() {
  std::string text;
  for (const SettingSection& section : setting_sections()) {
    text += fmt::format("{}# {}\n", text.empty() ? "" : "\n", section.sentence);
    text += section.many ? fmt::format("# [[{}]]\n", section.name) : fmt::format("# [{}]\n", section.name);
    const std::string keys = example_settings_of(section.name);
    // A table that is commented out has no keys that are not.
    for (std::size_t at = 0; at < keys.size();) {
      const std::size_t end = keys.find('\n', at) + 1;
      text += (keys[at] == '#' ? "" : "# ") + keys.substr(at, end - at);
      at = end;
    }
  }
  return text;
}

Result<Settings> parse_settings(std::string_view text, const std::filesystem::path& file) { return SettingsReader(file).read(text); }

Result<Settings> read_settings(const std::filesystem::path& file) {
  const auto text = read_file(file, kLargestFile);
  if (!text) return text.error();
  return parse_settings(*text, file);
}

}  // namespace nightjar
