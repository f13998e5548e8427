#include "judge/judge_state.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"

namespace nightjar {
namespace {

using nlohmann::json;

/// Raise it when anything that an incident holds is found, measured or kept in another way: older states are not believed then, and lakes
/// that were up to date are judged anew.
constexpr int kWay = 8;
constexpr std::uint64_t kLargestFile = 1ULL << 30;

std::string digits(std::uint64_t number) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
  return text.data();
}

json json_of(const PortPopulation& population) { return {{"countries", population.countries}, {"tools", population.tools}}; }

PortPopulation population_of(const json& from) {
  PortPopulation population;
  population.countries = from.at("countries").get<std::vector<CountryCode>>();
  population.tools = from.at("tools").get<std::vector<Tool>>();
  return population;
}

json day_or_null(const std::optional<std::int64_t>& day) { return day ? json(*day) : json(nullptr); }
std::optional<std::int64_t> day_of(const json& from) {
  return from.is_null() ? std::nullopt : std::optional<std::int64_t>(from.get<std::int64_t>());
}

json json_of(const Wave& wave) {
  json days = json::array();
  for (const WaveDay& day : wave.days)
    days.push_back({day.day, day.observed, day.expected, day.score, day.hosts, day.packets, day.largest, day.squares});
  return {{"protocol", wave.protocol},
          {"port", wave.port},
          {"metric", static_cast<int>(wave.metric)},
          {"population", json_of(wave.population)},
          {"born", json_of(wave.born)},
          {"first_day", wave.first_day},
          {"onset_day", wave.onset_day},
          {"peak_day", wave.peak_day},
          {"last_day", wave.last_day},
          {"end_day", day_or_null(wave.end_day)},
          {"closed", wave.closed},
          {"world_since", wave.world_since},
          {"surge_days", wave.surge_days},
          {"usual_days", wave.usual_days},
          {"peak", wave.peak},
          {"expected", wave.expected},
          {"score", wave.score},
          {"usual_rate", wave.usual_rate},
          {"dispersion", wave.dispersion},
          {"quiet_since", day_or_null(wave.quiet_since)},
          {"calm_since", day_or_null(wave.calm_since)},
          {"usual_at_port", wave.usual_at_port},
          {"peak_at_port", wave.peak_at_port},
          {"days", days},
          {"group", wave.group}};
}

Wave wave_of(const json& from) {
  Wave wave;
  wave.protocol = from.at("protocol").get<std::uint8_t>();
  wave.port = from.at("port").get<std::uint16_t>();
  wave.metric = static_cast<Metric>(from.at("metric").get<int>());
  wave.population = population_of(from.at("population"));
  wave.born = population_of(from.at("born"));
  wave.first_day = from.at("first_day").get<std::int64_t>();
  wave.onset_day = from.at("onset_day").get<std::int64_t>();
  wave.peak_day = from.at("peak_day").get<std::int64_t>();
  wave.last_day = from.at("last_day").get<std::int64_t>();
  wave.end_day = day_of(from.at("end_day"));
  wave.closed = from.at("closed").get<bool>();
  wave.world_since = from.at("world_since").get<std::int64_t>();
  wave.surge_days = from.at("surge_days").get<std::vector<std::int64_t>>();
  wave.usual_days = from.at("usual_days").get<std::vector<std::int64_t>>();
  wave.peak = from.at("peak").get<double>();
  wave.expected = from.at("expected").get<double>();
  wave.score = from.at("score").get<double>();
  wave.usual_rate = from.at("usual_rate").get<double>();
  wave.dispersion = from.at("dispersion").get<double>();
  wave.quiet_since = day_of(from.at("quiet_since"));
  wave.calm_since = day_of(from.at("calm_since"));
  wave.usual_at_port = from.at("usual_at_port").get<double>();
  wave.peak_at_port = from.at("peak_at_port").get<double>();
  for (const json& one : from.at("days")) {
    WaveDay day;
    day.day = one.at(0).get<std::int64_t>();
    double* const fields[] = {&day.observed, &day.expected, &day.score, &day.hosts, &day.packets, &day.largest, &day.squares};
    for (std::size_t i = 0; i < std::size(fields); ++i) *fields[i] = one.at(i + 1).get<double>();
    wave.days.push_back(day);
  }
  wave.group = from.at("group").get<std::size_t>();
  return wave;
}

}  // namespace

std::map<std::int64_t, std::string> inputs_by_day(const LakeVersion& version) {
  std::map<std::int64_t, std::set<std::pair<int, std::uint64_t>>> days;
  for (const LakeFile& file : version.files) {
    switch (file.table) {
      case Table::flows:
      case Table::minutes:
      case Table::backscatter:
      case Table::sensor_days:
      case Table::requests:
      case Table::sessions:
      case Table::payloads: break;
      default: continue;
    }
    for (const std::uint64_t batch : file.batches) days[file.day].emplace(static_cast<int>(file.table), batch);
  }
  std::uint64_t start = kWay;
  for (const char letter : catalogue_version()) start = mix64(start ^ static_cast<unsigned char>(letter));
  std::map<std::int64_t, std::string> texts;
  for (const auto& [day, batches] : days) {
    std::uint64_t hash = start;
    for (const auto& [table, batch] : batches) hash = mix64(mix64(hash ^ static_cast<std::uint64_t>(table)) ^ batch);
    texts[day] = digits(hash);
  }
  return texts;
}

std::string judge_state_text(const JudgeState& state) {
  json inputs = json::object(), waves = json::array();
  for (const auto& [day, text] : state.inputs) inputs[std::to_string(day)] = text;
  for (const Wave& wave : state.waves) waves.push_back(json_of(wave));
  return json{{"way", kWay}, {"from_day", state.from_day}, {"to_day", state.to_day}, {"inputs", inputs}, {"waves", waves}}.dump();
}

std::optional<JudgeState> judge_state_of(std::string_view text) {
  const json from = json::parse(text, nullptr, false);
  if (!from.is_object()) return std::nullopt;
  try {
    if (from.at("way").get<int>() != kWay) return std::nullopt;
    JudgeState state;
    state.from_day = from.at("from_day").get<std::int64_t>();
    state.to_day = from.at("to_day").get<std::int64_t>();
    for (const auto& [day, hash] : from.at("inputs").items()) state.inputs[std::stoll(day)] = hash.get<std::string>();
    for (const json& wave : from.at("waves")) state.waves.push_back(wave_of(wave));
    return state;
  } catch (const std::exception&) {  // a key that is missing, a value of another kind
    return std::nullopt;
  }
}

JudgeStates::JudgeStates(const std::filesystem::path& lake, std::string_view rules) {
  std::uint64_t hash = 0;
  for (const char letter : rules) hash = mix64(hash ^ static_cast<unsigned char>(letter));
  folder_ = lake / "judged" / digits(hash);
}

std::filesystem::path JudgeStates::file(std::int64_t day) const { return folder_ / (format_day(day) + ".json"); }

std::vector<std::int64_t> JudgeStates::days() const {
  std::vector<std::int64_t> list;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(folder_, error); !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    if (entry->path().extension() != ".json") continue;
    if (const auto day = parse_day(entry->path().stem().string())) list.push_back(*day);
  }
  std::sort(list.begin(), list.end());
  return list;
}

void JudgeStates::keep(const JudgeState& state) const {
  if (!make_folders(folder_)) return;
  if (!write_file_atomically(file(state.to_day), judge_state_text(state))) return;
  std::vector<std::int64_t> list = days();
  std::error_code ignored;
  constexpr std::int64_t kApart = 30;
  for (std::size_t i = 0; i + 2 < list.size(); ++i) {
    if (list[i] % kApart != 0) std::filesystem::remove(file(list[i]), ignored);
  }
}

void JudgeStates::forget_after(std::int64_t to_day) const {
  std::error_code ignored;
  for (const std::int64_t day : days())
    if (day > to_day) std::filesystem::remove(file(day), ignored);
}

std::optional<JudgeState> JudgeStates::latest(const std::map<std::int64_t, std::string>& inputs, std::int64_t to_day) const {
  std::vector<std::int64_t> list = days();
  for (auto day = list.rbegin(); day != list.rend(); ++day) {
    if (*day > to_day) continue;
    const auto text = read_file(file(*day), kLargestFile);
    if (!text) continue;
    auto state = judge_state_of(*text);
    if (!state || state->to_day != *day) continue;
    const std::map<std::int64_t, std::string> now(inputs.begin(), inputs.lower_bound(*day));
    if (now == state->inputs) return state;
  }
  return std::nullopt;
}

}  // namespace nightjar
