#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "figure/figure.hpp"

namespace nightjar {
namespace {

using Json = nlohmann::ordered_json;

/// Shares and other fractions are said to four decimals: more would be noise, fewer would hide a port of ten packets.
double rounded(double value) { return std::round(value * 1e4) / 1e4; }

Json json_of(const Value& value) {
  struct Visitor {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool flag) const { return flag; }
    Json operator()(std::int64_t number) const { return number; }
    Json operator()(std::uint64_t number) const { return number; }
    Json operator()(double number) const { return std::isfinite(number) ? Json(rounded(number)) : Json(nullptr); }
    Json operator()(const std::string& text) const { return text; }
  };
  return std::visit(Visitor{}, value);
}

Json optional_text(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

/// Parts as {"other_ports": {"packets", "share"}, ...}.
Json parts_of(const FigureAnswer& answer) {
  Json parts = Json::object();
  for (const FigurePart& part : answer.other_parts) {
    std::string key = part.name;
    for (char& c : key)
      if (c == ' ') c = '_';
    parts[key] = {{"packets", part.packets}, {"share", rounded(part.share)}};
  }
  return parts;
}

/// The words of "key=victim+port min=100" by their names, with underscores as all keys.
Json parameters_of(std::string_view text) {
  Json object = Json::object();
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos) {
      std::string key(word.substr(0, equals));
      for (char& c : key) c = c == '-' ? '_' : c;
      const std::string value(word.substr(equals + 1));
      std::uint64_t number = 0;
      const auto [end, bad] = std::from_chars(value.data(), value.data() + value.size(), number);
      object[key] = bad == std::errc() && end == value.data() + value.size() ? Json(number) : Json(value);
    }
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return object;
}

}  // namespace

std::string parameters_json(std::string_view parameters) { return parameters_of(parameters).dump(); }

std::string to_json(const FigureAnswer& answer) {
  Json rows = Json::array();
  for (const auto& values : answer.rows) {
    Json row = Json::object();
    for (std::size_t i = 0; i < values.size(); ++i) row[answer.columns[i].name] = json_of(values[i]);
    rows.push_back(std::move(row));
  }
  // The parts stand in the row that they make up, the last one.
  if (!answer.other_parts.empty() && !rows.empty()) rows.back()["parts"] = parts_of(answer);
  Json out = {{"figure", answer.figure},
              {"title", {{"en", answer.title_en}, {"ja", answer.title_ja}}},
              {"from", optional_text(answer.from)},
              {"to", optional_text(answer.to)},
              {"tz", answer.tz},
              {"filter", answer.filter},
              {"unit", answer.unit},
              {"denominator", answer.denominator},
              {"total", answer.total ? Json(*answer.total) : Json(nullptr)},
              {"version", answer.version},
              {"modelled", answer.modelled},
              {"sensors", answer.sensors},
              {"remarks", answer.remarks}};
  if (!answer.without.empty()) out["without"] = answer.without;
  if (answer.definition) out["definition"] = *answer.definition;
  if (answer.parameters) out["parameters"] = parameters_of(*answer.parameters);
  if (answer.compare) out["compare"] = {{"from", answer.compare->first}, {"to", answer.compare->second}};
  out["rows"] = std::move(rows);
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace nightjar
