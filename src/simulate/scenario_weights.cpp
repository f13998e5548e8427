#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "net/address.hpp"
#include "simulate/scenario_parts.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::size_t kMostOrigins = 255;  ///< Event::origin has 8 bits
constexpr std::string_view kOriginSentence =
    "is no origin; it is a country of two capital letters (\"CN\"), one AS of it (\"AR/22927\"), or \"bogon\"";
constexpr std::string_view kPortSentence =
    "is no port; it is written \"23/tcp\", \"53/udp\", \"any/tcp\", or \"icmp\" for what has no ports";

template <class Number>
std::optional<Number> digits(std::string_view text) {
  Number value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc() && end == last && !text.empty() ? std::optional(value) : std::nullopt;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// Weights of a named table of the file, or of one that stands in place.
template <class Weight>
std::vector<Weight> read_weights(ScenarioTable& table, std::string_view key, std::string_view folder, std::string_view example,
                                 std::optional<Weight> (*parse)(std::string_view), std::string_view sentence) {
  std::vector<Weight> weights;
  const TomlNode* node = table.need(key, example);
  if (node == nullptr) return weights;
  const std::size_t line = node->line;
  if (node->kind == TomlNode::Kind::text) {
    const TomlNode* all = table.file().root->find(folder);
    const TomlNode* named = all == nullptr ? nullptr : all->find(node->text);
    if (named == nullptr) {
      std::vector<std::string_view> names;
      if (all != nullptr)
        std::transform(all->entries.begin(), all->entries.end(), std::back_inserter(names),
                       [](const TomlEntry& entry) { return std::string_view(entry.key); });
      table.mistake(line, unknown(fmt::format("table [{}.NAME]", folder), node->text, names));
      return weights;
    }
    node = named;
  }
  if (node->kind != TomlNode::Kind::table || node->entries.empty()) {
    table.mistake(line, fmt::format("{} must hold at least one weight: {}", key, example));
    return weights;
  }
  for (const TomlEntry& entry : node->entries) {
    auto weight = parse(entry.key);
    if (!weight) {
      table.mistake(entry.line, fmt::format("{} {}", in_quotes(entry.key), sentence));
      continue;
    }
    weight->weight = number_of(table.file(), entry.node, fmt::format("the weight of {}", in_quotes(entry.key)), kPositive);
    weights.push_back(*weight);
  }
  return weights;
}

}  // namespace

std::optional<OriginWeight> parse_origin(std::string_view text) {
  OriginWeight origin;
  if (text == "bogon") return OriginWeight{kBogon, 0, 1};
  if (text.size() < 2 || !is_capital(text[0]) || !is_capital(text[1])) return std::nullopt;
  origin.country = country_code(text[0], text[1]);
  if (text.size() == 2) return origin;
  const auto asn = digits<std::uint32_t>(text.substr(3));
  if (text[2] != '/' || !asn || *asn == 0) return std::nullopt;
  origin.asn = *asn;
  return origin;
}

std::optional<PortWeight> parse_port(std::string_view text) {
  PortWeight port;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    // A number alone is rather a port whose protocol was forgotten.
    const auto protocol = text.empty() || (text[0] >= '0' && text[0] <= '9') ? std::nullopt : protocol_number(text);
    if (!protocol || *protocol == 6 || *protocol == 17) return std::nullopt;
    port.protocol = *protocol;
    return port;
  }
  const std::string_view protocol = text.substr(slash + 1);
  if (protocol != "tcp" && protocol != "udp") return std::nullopt;
  port.protocol = protocol == "tcp" ? 6 : 17;
  if (text.substr(0, slash) == "any") return port;
  const auto number = digits<std::uint16_t>(text.substr(0, slash));
  if (!number || *number == 0) return std::nullopt;
  port.port = *number;
  return port;
}

std::vector<OriginWeight> read_origins(ScenarioTable& table, std::string_view key) {
  auto origins = read_weights<OriginWeight>(table, key, "origins", fmt::format("{} = {{ CN = 30, \"AR/22927\" = 3 }}", key), parse_origin,
                                            kOriginSentence);
  if (origins.size() > kMostOrigins)
    table.mistake(table.line(), fmt::format("{} has {} entries; at most {} are possible", key, origins.size(), kMostOrigins));
  return origins;
}

std::vector<PortWeight> read_ports(ScenarioTable& table) {
  return read_weights<PortWeight>(table, "ports", "ports", "ports = { \"23/tcp\" = 9, \"2323/tcp\" = 1 }", parse_port, kPortSentence);
}

}  // namespace nightjar::simulate
