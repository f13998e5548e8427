// toml++ 3.3 asserts on some malformed texts ("a = [}", "[[[a]]]"; its pull request 301) instead of giving an error. A
// configuration must not end the program, so its assertions throw here and are caught where it is called. Its namespace
// has another name in this file, as other files may compile the same functions with other settings.
#undef NDEBUG
namespace nightjar {
struct TomlAssertion {};
namespace {
[[noreturn]] void throw_toml_assertion() { throw TomlAssertion(); }
}  // namespace
}  // namespace nightjar
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::nightjar::throw_toml_assertion())
#define TOML_EXCEPTIONS 0
#define toml toml_that_throws
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/toml_check.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kStill = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kLargestFile = 16U << 20;
constexpr std::size_t kMostSensors = 65'536;  ///< RawPacket names them by 16 bits
constexpr std::size_t kLongestName = 64;

using Keys = std::span<const std::string_view>;
constexpr std::array<std::string_view, 4> kFileKeys = {"origin", "display", "geolocation", "sensor"};
/// Tables of other rooms, which read and check them themselves.
constexpr std::array<std::string_view, 18> kOtherKeys = {"alerts", "api",     "capture",   "detect", "export",       "honeypot",
                                                         "ingest", "receive", "reflector", "report", "retention",    "run",
                                                         "send",   "serve",   "simulate",  "store",  "subscription", "watch"};
constexpr std::array<std::string_view, 1> kDisplayKeys = {"timezone"};
constexpr std::array<std::string_view, 1> kGeolocationKeys = {"files"};
constexpr std::array<std::string_view, 5> kSensorKeys = {"name", "kind", "prefixes", "captures", "services"};
constexpr std::array<std::string_view, 3> kPrefixKeys = {"prefix", "from", "to"};

std::string in_quotes(std::string_view text) { return "\"" + escape_for_terminal(text) + "\""; }

template <class Range>
std::string list_of(const Range& names) {
  std::string list;
  for (const auto& name : names) (list += list.empty() ? "" : ", ") += name;
  return list;
}

std::size_t characters_in(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// A prefix and the line it stands on.
struct Placed {
  DatedPrefix dated;
  toml::source_index line;
};

std::string span_of(const DatedPrefix& dated) {
  std::string text = format(dated.prefix);
  if (dated.from_day != kAlways) text += " from " + format_day(dated.from_day);
  if (dated.to_day != kStill) text += " to " + format_day(dated.to_day);
  return text;
}

/// Nothing if toml++ asserts.
std::optional<toml::parse_result> parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const TomlAssertion&) {
    return std::nullopt;
  }
}

/// The line on which toml++ asserts: the number of lines from the start that it takes for that.
toml::source_index line_of_assertion(std::string_view text) {
  std::vector<std::size_t> ends;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) ends.push_back(at + 1);
  const auto is_taken = [&](std::size_t end) { return parse(text.substr(0, end)).has_value(); };
  return static_cast<toml::source_index>(std::partition_point(ends.begin(), ends.end(), is_taken) - ends.begin() + 1);
}

class ConfigReader {
 public:
  explicit ConfigReader(std::filesystem::path file) { config_.file = std::move(file); }

  Result<SensorConfig> read(std::string_view text) {
    const CheckedToml checked = check_before_toml(text);
    if (checked.mistake) return mistake(static_cast<toml::source_index>(checked.mistake->line), std::string(checked.mistake->sentence));
    const auto parsed = parse(checked.text);
    if (!parsed) return mistake(line_of_assertion(checked.text), "no TOML; is a bracket wrong?");
    if (!*parsed) return mistake(parsed->error().source().begin.line, std::string(parsed->error().description()));
    const toml::table& root = parsed->table();
    for (const auto& step :
         {&ConfigReader::read_top, &ConfigReader::read_display, &ConfigReader::read_geolocation, &ConfigReader::read_sensors}) {
      if (auto done = (this->*step)(root); !done) return done.error();
    }
    return std::move(config_);
  }

 private:
  Error mistake(toml::source_index line, const std::string& sentence) const {
    return Error{config_.file.string() + ":" + std::to_string(std::max<toml::source_index>(line, 1)) + ": " + sentence};
  }
  Error mistake(const toml::node& where, const std::string& sentence) const { return mistake(where.source().begin.line, sentence); }

  Result<void> check_keys(const toml::table& table, const std::string& where, Keys known, Keys ignored = {}) const {
    for (const auto& [key, value] : table) {
      const std::string_view name = key.str();
      const auto is_name = [&](std::string_view other) { return other == name; };
      if (std::any_of(known.begin(), known.end(), is_name) || std::any_of(ignored.begin(), ignored.end(), is_name)) continue;
      std::vector<std::string_view> all(known.begin(), known.end());
      all.insert(all.end(), ignored.begin(), ignored.end());
      const std::string meant = nearest(name, all);
      return mistake(key.source().begin.line, "unknown key " + in_quotes(name) + where +
                                                  (meant.empty() ? "" : "; did you mean \"" + meant + "\"?") +
                                                  (meant.empty() ? "; p" : " P") + "ossible: " + list_of(known));
    }
    return {};
  }

  Result<std::string> text_of(const toml::node& node, std::string_view key) const {
    const auto* text = node.as_string();
    if (text == nullptr) return mistake(node, std::string(key) + " must be text in quotes");
    return text->get();
  }
  Result<const toml::table*> table_of(const toml::node& node, std::string_view key) const {
    if (const auto* table = node.as_table()) return table;
    return mistake(node, std::string(key) + " must be a table: [" + std::string(key) + "]");
  }
  /// Globs or paths: texts that are not empty.
  Result<std::vector<std::string>> texts_of(const toml::node& node, std::string_view key) const {
    const auto* list = node.as_array();
    if (list == nullptr) return mistake(node, std::string(key) + " must be a list of texts: " + std::string(key) + " = [\"...\"]");
    std::vector<std::string> texts;
    for (const toml::node& entry : *list) {
      auto text = text_of(entry, "each of " + std::string(key));
      if (!text) return text.error();
      if (text->empty() || text->find('\0') != std::string::npos)
        return mistake(entry, in_quotes(*text) + " in " + std::string(key) + " names no file");
      texts.push_back(std::move(*text));
    }
    return texts;
  }

  Result<void> read_top(const toml::table& root) {
    if (auto done = check_keys(root, "", kFileKeys, kOtherKeys); !done) return done;
    const toml::node* origin = root.get("origin");
    if (origin == nullptr) return {};
    const auto text = text_of(*origin, "origin");
    if (!text) return text.error();
    if (*text != "modelled")
      return mistake(*origin, "origin " + in_quotes(*text) + " is unknown; possible: \"modelled\", or no such line for real captures");
    config_.modelled = true;
    return {};
  }

  Result<void> read_display(const toml::table& root) {
    const toml::node* node = root.get("display");
    if (node == nullptr) return {};
    const auto table = table_of(*node, "display");
    if (!table) return table.error();
    if (auto done = check_keys(**table, " in [display]", kDisplayKeys); !done) return done;
    const toml::node* zone = (*table)->get("timezone");
    if (zone == nullptr) return {};
    auto text = text_of(*zone, "timezone");
    if (!text) return text.error();
    config_.timezone = std::move(*text);
    return {};
  }

  Result<void> read_geolocation(const toml::table& root) {
    const toml::node* node = root.get("geolocation");
    if (node == nullptr) return {};
    const auto table = table_of(*node, "geolocation");
    if (!table) return table.error();
    if (auto done = check_keys(**table, " in [geolocation]", kGeolocationKeys); !done) return done;
    const toml::node* files = (*table)->get("files");
    if (files == nullptr) return {};
    const auto paths = texts_of(*files, "files");
    if (!paths) return paths.error();
    config_.has_geolocation = true;
    for (const std::string& path : *paths) config_.geolocation.push_back(config_.file.parent_path() / path);
    return {};
  }

  Result<void> read_sensors(const toml::table& root) {
    const toml::node* node = root.get("sensor");
    if (node == nullptr) return {};
    const auto* list = node->as_array();
    if (list == nullptr) return mistake(*node, "sensors are written with two brackets each: [[sensor]]");
    for (const toml::node& entry : *list) {
      const auto* table = entry.as_table();
      if (table == nullptr) return mistake(entry, "sensors are written with two brackets each: [[sensor]]");
      if (config_.sensors.size() == kMostSensors) return mistake(entry, "more than " + with_thousands(kMostSensors) + " sensors");
      if (auto done = read_sensor(*table); !done) return done;
    }
    return {};
  }

  Result<void> read_sensor(const toml::table& table) {
    if (auto done = check_keys(table, " in [[sensor]]", kSensorKeys); !done) return done;
    Sensor sensor;
    sensor.modelled = config_.modelled;
    const toml::node* name = table.get("name");
    if (name == nullptr) return mistake(table, "a sensor needs a name: name = \"tokyo-1\"");
    if (auto done = read_name(*name, sensor); !done) return done;
    if (const toml::node* kind = table.get("kind")) {
      if (auto done = read_kind(*kind, sensor); !done) return done;
    }
    if (const toml::node* prefixes = table.get("prefixes")) {
      if (auto done = read_prefixes(*prefixes, sensor); !done) return done;
    }
    if (const toml::node* captures = table.get("captures")) {
      auto globs = texts_of(*captures, "captures");
      if (!globs) return globs.error();
      sensor.captures = std::move(*globs);
    }
    if (const toml::node* services = table.get("services")) {
      if (auto done = read_services(*services, sensor); !done) return done;
    }
    config_.sensors.push_back(std::move(sensor));
    return {};
  }

  Result<void> read_services(const toml::node& node, Sensor& sensor) {
    if (sensor.kind != SensorKind::reflector)
      return mistake(node, "services are those of a reflector; " + in_quotes(sensor.name) + " is none");
    auto names = texts_of(node, "services");
    if (!names) return names.error();
    // "unknown" is what no service is.
    const std::span<const std::string_view> possible = std::span(kServiceNames).subspan(1);
    for (const std::string& name : *names) {
      const auto known = std::find(possible.begin(), possible.end(), name);
      if (known == possible.end()) {
        const std::string meant = nearest(name, possible);
        return mistake(node, "unknown service " + in_quotes(name) + (meant.empty() ? "" : "; did you mean \"" + meant + "\"?") +
                                 (meant.empty() ? "; p" : " P") + "ossible: " + list_of(possible));
      }
      sensor.services.push_back(static_cast<Service>(known - possible.begin() + 1));
    }
    return {};
  }

  Result<void> read_name(const toml::node& node, Sensor& sensor) {
    auto name = text_of(node, "name");
    if (!name) return name.error();
    if (auto checked = check_sensor_name(*name); !checked) return mistake(node, checked.error().sentence);
    const auto [earlier, is_new] = lines_by_name_.emplace(*name, node.source().begin.line);
    if (!is_new) return mistake(node, "there is a sensor " + in_quotes(*name) + " already, on line " + std::to_string(earlier->second));
    sensor.name = std::move(*name);
    return {};
  }

  Result<void> read_kind(const toml::node& node, Sensor& sensor) {
    const auto kind = text_of(node, "kind");
    if (!kind) return kind.error();
    const auto known = std::find(kSensorKindNames.begin(), kSensorKindNames.end(), *kind);
    if (known == kSensorKindNames.end()) {
      const std::string meant = nearest(*kind, kSensorKindNames);
      return mistake(node, "unknown kind " + in_quotes(*kind) + (meant.empty() ? "" : "; did you mean \"" + meant + "\"?") +
                               (meant.empty() ? "; p" : " P") + "ossible: " + list_of(kSensorKindNames));
    }
    sensor.kind = static_cast<SensorKind>(known - kSensorKindNames.begin());
    return {};
  }

  Result<void> read_prefixes(const toml::node& node, Sensor& sensor) {
    const auto* list = node.as_array();
    if (list == nullptr) return mistake(node, "prefixes must be a list: prefixes = [\"198.18.0.0/16\"]");
    std::vector<Placed> placed;
    for (const toml::node& entry : *list) {
      const auto dated = dated_prefix(entry);
      if (!dated) return dated.error();
      sensor.prefixes.push_back(*dated);
      placed.push_back({*dated, entry.source().begin.line});
    }
    if (list->empty()) return mistake(node, "prefixes is empty; leave the line out if they are unknown");
    return check_overlaps(std::move(placed), sensor.name);
  }

  Result<DatedPrefix> dated_prefix(const toml::node& node) const {
    DatedPrefix dated{{}, kAlways, kStill};
    const toml::node* text = &node;
    if (const auto* table = node.as_table()) {
      if (auto done = check_keys(*table, " in a prefix", kPrefixKeys); !done) return done.error();
      text = table->get("prefix");
      if (text == nullptr) return mistake(node, "a dated prefix is written like { prefix = \"198.19.0.0/24\", from = \"2017-01-01\" }");
      for (const auto& [key, day] : {std::pair("from", &dated.from_day), std::pair("to", &dated.to_day)}) {
        const toml::node* date = table->get(key);
        if (date == nullptr) continue;
        const auto read = day_of_node(*date, key);
        if (!read) return read.error();
        *day = *read;
      }
      if (dated.from_day >= dated.to_day)
        return mistake(node, "the prefix ends before it begins; `to` is the first day on which it is not in use");
    }
    const auto* value = text->as_string();
    if (value == nullptr) return mistake(*text, "a prefix must be text like \"198.18.0.0/16\", or { prefix = ..., from = ..., to = ... }");
    const auto prefix = parse_prefix(value->get());
    if (!prefix) return mistake(*text, escape_for_terminal(prefix.error().sentence));
    dated.prefix = *prefix;
    return dated;
  }

  Result<std::int64_t> day_of_node(const toml::node& node, std::string_view key) const {
    if (const auto* date = node.as_date()) return days_from_date(date->get().year, date->get().month, date->get().day);
    if (const auto* text = node.as_string()) {
      const auto day = parse_day(text->get());
      if (day) return *day;
      return mistake(node, std::string(key) + ": " + escape_for_terminal(day.error().sentence));
    }
    return mistake(node, std::string(key) + " must be a date like 2017-01-01");
  }

  Result<void> check_overlaps(std::vector<Placed> prefixes, const std::string& sensor) const {
    const auto place = [](const Placed& p) { return std::tuple(p.dated.prefix.first, p.dated.prefix.length); };
    std::stable_sort(prefixes.begin(), prefixes.end(), [&](const Placed& a, const Placed& b) { return place(a) < place(b); });
    // Prefixes nest or are apart: only those around the present one can overlap it.
    std::vector<const Placed*> around;
    for (const Placed& inner : prefixes) {
      while (!around.empty() && !around.back()->dated.prefix.contains(inner.dated.prefix.first)) around.pop_back();
      for (const Placed* outer : around) {
        if (inner.dated.from_day >= outer->dated.to_day || outer->dated.from_day >= inner.dated.to_day) continue;
        const auto& [first, second] = std::minmax(*outer, inner, [](const Placed& a, const Placed& b) { return a.line < b.line; });
        return mistake(second.line, "the prefixes " + span_of(first.dated) + " (line " + std::to_string(first.line) + ") and " +
                                        span_of(second.dated) + " of sensor " + in_quotes(sensor) + " overlap in the same time");
      }
      around.push_back(&inner);
    }
    return {};
  }

  SensorConfig config_;
  std::map<std::string, toml::source_index> lines_by_name_;
};

}  // namespace

Result<void> check_sensor_name(std::string_view name) {
  if (name.empty()) return Error{"the sensor's name is empty"};
  if (name.find('/') != std::string_view::npos || escape_for_terminal(name) != name)
    return Error{"the sensor's name " + in_quotes(name) + " may have no control characters and no '/'"};
  if (characters_in(name) > kLongestName) return Error{"the sensor's name has more than " + std::to_string(kLongestName) + " characters"};
  return {};
}

Result<SensorConfig> parse_sensor_config(std::string_view text, const std::filesystem::path& file) { return ConfigReader(file).read(text); }

Result<SensorConfig> read_sensor_config(const std::filesystem::path& file) {
  const auto text = read_file(file, kLargestFile);
  if (!text) return text.error();
  return parse_sensor_config(*text, file);
}

}  // namespace nightjar
