#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// A key of nightjar.toml that says how `nightjar run` works. `setting_table()` has all of them: the reader, the command lines of what is
/// started, the written example and docs/run.md are made from it.
struct Setting {
  enum class Type { text, path, number, decimal, boolean, texts };
  std::string_view section;  ///< "run", "capture" ...
  std::string_view key;      ///< of what is started: its option is "--" and this with '-' for '_'
  Type type;
  std::string_view usual;      ///< default, as in a file but without quotes; empty: none
  double least = 0, most = 0;  ///< closed range of numbers
  std::string_view sentence;   ///< what it does, with its unit
  std::string_view reason;     ///< why it has this default
  bool required = false;
};
std::span<const Setting> setting_table();

/// A table of the file.
struct SettingSection {
  std::string_view name;
  bool many;                  ///< written as [[NAME]], any number of times
  std::string_view sentence;  ///< what it makes `nightjar run` do
};
std::span<const SettingSection> setting_sections();

/// All sections and keys as a file that changes nothing: sentences and defaults, commented out.
std::string example_settings();
/// The same of one section, without its head: "# SENTENCE\n# key = default\n" for each key.
std::string example_settings_of(std::string_view section);

/// What a file says in one table.
class SectionValues {
 public:
  struct Given {
    const Setting* setting;
    std::vector<std::string> values;  ///< one, except of texts; paths are complete
    std::size_t line;
  };
  explicit SectionValues(std::string_view section = {}, std::size_t line = 1) : section_(section), line_(line) {}

  std::string_view section() const { return section_; }
  std::size_t line() const { return line_; }
  const std::vector<Given>& given() const { return given_; }
  const Given* find(std::string_view key) const;
  /// The value that was given, or the default. The key must be one of the section's.
  std::string text(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  void add(Given given) { given_.push_back(std::move(given)); }

 private:
  std::string_view section_;
  std::size_t line_;
  std::vector<Given> given_;
};

/// nightjar.toml as far as it concerns `nightjar run`.
struct Settings {
  std::filesystem::path file;
  SectionValues run{"run"};
  std::vector<SectionValues> captures, watches, sends;
  std::optional<SectionValues> reflector, honeypot, receive;

  /// A path that nobody gave lies beside the file: "lake" of /etc/nightjar/nightjar.toml is /etc/nightjar/lake.
  std::string path(const SectionValues& section, std::string_view key) const;
};

/// Every mistake is a sentence with file and line. Keys of other rooms are not looked at.
Result<Settings> parse_settings(std::string_view text, const std::filesystem::path& file);
Result<Settings> read_settings(const std::filesystem::path& file);

}  // namespace nightjar
