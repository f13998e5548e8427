#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/toml_tree.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// What readers of a file's parts share: how to read times, and the mistake that stands first in the file. Readers go on behind a
/// mistake with a harmless value, so none of them has to ask after each line whether there was one.
struct ScenarioFile {
  std::string name;             ///< for sentences
  std::int64_t utc_offset = 0;  ///< seconds; of times without a zone
  const TomlNode* root = nullptr;
  std::optional<Error> first_mistake;
  std::size_t line_of_mistake = 0;

  void mistake(std::size_t line, const std::string& sentence);
};

/// Numbers from `least` (or only above it) to `most`.
struct Limits {
  double least = 0, most = std::numeric_limits<double>::max();
  bool above_least = false;
};
inline constexpr Limits kNotNegative{0, 1e15, false};
inline constexpr Limits kPositive{0, 1e15, true};
inline constexpr Limits kShare{0, 1, false};
inline constexpr Limits kShareAboveNone{0, 1, true};

std::string in_quotes(std::string_view text);
/// "unknown tool "mirei"; did you mean "mirai"? Possible: hajime-like, mirai".
std::string unknown(std::string_view what, std::string_view name, const std::vector<std::string_view>& possible);

/// Seconds since 1970 of "2017-05-12", "2017-05-12T17:00" or "2017-05-12 17:00:30", with "Z" or "+09:00" behind it or in the zone that
/// is `utc_offset` ahead of UTC; from 1970 to 2199.
Result<std::int64_t> parse_scenario_time(std::string_view text, std::int64_t utc_offset);
/// Seconds ahead of UTC of "+09:00", "-03:30" or "Z".
Result<std::int64_t> parse_utc_offset(std::string_view text);

double number_of(ScenarioFile& file, const TomlNode& node, std::string_view what, Limits limits);
std::string text_of(ScenarioFile& file, const TomlNode& node, std::string_view what);
std::int64_t time_of(ScenarioFile& file, const TomlNode& node, std::string_view what);
/// A list of pairs: [[first, second], ...], as both parts of each. `example` is shown where it is none.
using PairReader = std::function<void(const TomlNode& first, const TomlNode& second)>;
void each_pair(ScenarioFile& file, const TomlNode& list, std::string_view what, std::string_view example, const PairReader& read);

/// Asks a table for its keys. Those it is asked for are those it may have: done() finds the others.
class ScenarioTable {
 public:
  /// `name` as in the file: "[[population]]".
  ScenarioTable(ScenarioFile& file, const TomlNode& node, std::string name);

  ScenarioFile& file() const { return file_; }
  std::size_t line() const { return node_.line; }
  void mistake(std::size_t line, const std::string& sentence) const { file_.mistake(line, sentence); }

  /// Null where the table has none.
  const TomlNode* find(std::string_view key);
  /// The same, but to have none is a mistake; `example` is a line that would be right.
  const TomlNode* need(std::string_view key, std::string_view example);
  std::string text(std::string_view key);
  std::string needed_text(std::string_view key, std::string_view example);
  std::vector<std::string> texts(std::string_view key);
  double number(std::string_view key, double otherwise, Limits limits);
  std::uint32_t count(std::string_view key, std::uint32_t otherwise, std::uint32_t most);
  bool truth(std::string_view key, bool otherwise);
  std::int64_t time(std::string_view key, std::int64_t otherwise);
  std::int64_t needed_time(std::string_view key);
  /// A number that never changes, or a list of times and numbers.
  Curve curve(std::string_view key);
  /// A sub-table's entries; the reader of the table checks them. Empty where there is none.
  const std::vector<TomlEntry>& entries(std::string_view key, std::string_view example);
  /// The tables of [[...]]; empty where there are none. `full_name` is "darknet.size" for sentences.
  std::vector<const TomlNode*> tables(std::string_view key, std::string_view full_name);
  /// Keys that nobody asked for are mistakes.
  void done();

 private:
  ScenarioFile& file_;
  const TomlNode& node_;
  std::string name_;
  std::vector<std::string_view> asked_;
};

}  // namespace nightjar::simulate
