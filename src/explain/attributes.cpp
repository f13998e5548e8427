#include "explain/attributes.hpp"

#include <cassert>
#include <cstddef>

#include "fingerprint/catalogue.hpp"
#include "net/address.hpp"
#include "schema/rows.hpp"
#include "schema/traffic.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::array<std::string_view, kAttributes> kNames = {"country",   "asn",      "src",         "sensor", "class",
                                                              "tcp_flags", "src_port", "fingerprint", "window", "ttl_band"};
constexpr std::array<std::string_view, 6> kTtlBands = {"", "up to 32", "up to 64", "up to 128", "up to 200", "up to 255"};

enum FlagsCode : std::uint8_t { syn = 1, syn_ack = 2, reset = 3 };
constexpr std::array<std::string_view, 4> kFlags = {"", "SYN", "SYN+ACK", "RST"};

constexpr std::uint8_t kTcp = 6;
constexpr auto kScan = static_cast<std::uint8_t>(TrafficClass::scan);
constexpr auto kBackscatter = static_cast<std::uint8_t>(TrafficClass::backscatter);

/// A property that several tools share: named only where no other entry of the catalogue matches.
constexpr std::string_view kLastResort = "irregular-syn";

/// Bits that nightjar_marks gives the catalogue's entries.
struct Marks {
  std::uint32_t tools = 0, last_resort = 0;
};
const Marks& marks() {
  static const Marks all = [] {
    Marks bits;
    const auto catalogue = fingerprint_catalogue();
    for (std::size_t i = 0; i < catalogue.size(); ++i) (catalogue[i].name == kLastResort ? bits.last_resort : bits.tools) |= 1U << i;
    return bits;
  }();
  return all;
}

std::uint64_t fingerprint_code(const AttributeRow& row) {
  const auto catalogue = fingerprint_catalogue();
  std::uint64_t last_resort = 0;
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    if (!catalogue[i].matches(row.facts, row.window, row.port, row.traffic_class)) continue;
    if ((marks().tools >> i & 1U) != 0) return i + 1;
    last_resort = i + 1;
  }
  return last_resort;
}

std::uint64_t flags_code(const AttributeRow& row) {
  if (row.protocol != kTcp) return 0;
  if (row.traffic_class == kScan) return syn;
  if (row.traffic_class != kBackscatter) return 0;
  if ((row.facts & fact::kSynAck) != 0) return syn_ack;
  return (row.facts & fact::kReset) != 0 ? reset : 0;
}

constexpr std::string_view kRowMarks = "nightjar_marks(facts, \"window\", port, class)";

/// The first entry of the catalogue that matches is entry `index`; the last resort only where no other does.
std::string first_mark_is(std::size_t index) {
  const Marks& all = marks();
  const std::uint32_t bit = 1U << index;
  const std::uint32_t before = bit == all.last_resort ? all.tools : all.tools & (bit - 1);
  return "(" + std::string(kRowMarks) + " & " + std::to_string(before | bit) + ") = " + std::to_string(bit);
}

std::string flags_condition(std::uint64_t code) {
  if (code == syn) return "(protocol = 6 AND class = 1)";
  const std::string answer = "(protocol = 6 AND class = 2 AND ";
  if (code == syn_ack) return answer + "(facts & " + std::to_string(fact::kSynAck) + ") <> 0)";
  return answer + "(facts & " + std::to_string(fact::kSynAck | fact::kReset) + ") = " + std::to_string(fact::kReset) + ")";
}

/// IPv4 addresses are below 2^32; the upper half of an IPv6 address never is (docs/data-model.md).
std::string source_text(std::uint64_t src) {
  constexpr std::uint64_t ipv4_end = 1ULL << 32;
  if (src < ipv4_end) return format(Address{.version = 4, .high = src, .low = 0});
  return format(Prefix{.first = {.version = 6, .high = src, .low = 0}, .length = 64});
}

}  // namespace

std::string_view name_of(Attribute attribute) { return kNames[static_cast<std::size_t>(attribute)]; }

std::uint64_t code_of(Attribute attribute, const AttributeRow& row) {
  switch (attribute) {
    case Attribute::country: return row.country;
    case Attribute::asn: return row.asn;
    case Attribute::src: return row.src;
    case Attribute::sensor: return row.sensor + 1U;
    case Attribute::traffic_class: return row.traffic_class;
    case Attribute::tcp_flags: return flags_code(row);
    case Attribute::src_port: return row.traffic_class == kBackscatter ? row.port : row.src_port;
    case Attribute::fingerprint: return fingerprint_code(row);
    case Attribute::window: return row.window;
    case Attribute::ttl_band: {
      const std::uint32_t band = (row.facts & fact::kTtlBandMask) >> fact::kTtlBandShift;
      return band < kTtlBands.size() ? band : 0;
    }
  }
  return 0;
}

std::string text_of(Attribute attribute, std::uint64_t code, const std::vector<std::string>& sensors) {
  switch (attribute) {
    case Attribute::country: return {static_cast<char>(code & 0xff), static_cast<char>(code >> 8)};
    case Attribute::src: return source_text(code);
    case Attribute::sensor: return sensors.at(code - 1);
    case Attribute::traffic_class: return std::string(kClassNames.at(code));
    case Attribute::tcp_flags: return std::string(kFlags.at(code));
    case Attribute::fingerprint: return std::string(fingerprint_catalogue()[code - 1].name);
    case Attribute::ttl_band: return std::string(kTtlBands.at(code));
    case Attribute::asn:
    case Attribute::src_port:
    case Attribute::window: break;
  }
  return std::to_string(code);
}

std::string condition_of(Attribute attribute, std::uint64_t code, const std::vector<std::string>& sensors) {
  const std::string number = std::to_string(code);
  switch (attribute) {
    case Attribute::country: return "country = " + sql_literal(text_of(attribute, code, sensors));
    case Attribute::asn: return "asn = " + number;
    case Attribute::src: return "src = " + number;
    case Attribute::sensor: return "sensor = " + sql_literal(sensors.at(code - 1));
    case Attribute::traffic_class: return "class = " + number;
    case Attribute::tcp_flags: return flags_condition(code);
    case Attribute::src_port: return "(CASE WHEN class = 2 THEN port ELSE src_port END) = " + number;
    case Attribute::fingerprint: return first_mark_is(code - 1);
    case Attribute::window: return "\"window\" = " + number;
    case Attribute::ttl_band:
      return "((facts & " + std::to_string(fact::kTtlBandMask) + ") >> " + std::to_string(fact::kTtlBandShift) + ") = " + number;
  }
  return "FALSE";
}

std::string tools_condition(const std::vector<std::string>& tools) {
  const auto catalogue = fingerprint_catalogue();
  std::string condition;
  for (const std::string& tool : tools) {
    std::string one = "FALSE";
    if (tool.empty()) one = "(" + std::string(kRowMarks) + " & " + std::to_string(marks().tools) + ") = 0";
    for (std::size_t i = 0; i < catalogue.size(); ++i) {
      if (catalogue[i].name == tool) one = first_mark_is(i);
    }
    condition += (condition.empty() ? "" : " OR ") + one;
  }
  return "(" + condition + ")";
}

}  // namespace nightjar
