#include "figure/filter.hpp"

#include <algorithm>
#include <array>

namespace nightjar {
namespace {

constexpr std::array<FilterFieldRule, kFilterFields> kRules = {{
    {FilterField::port, "port", true, 65535, "a number from 0 to 65535 or a range like 20..25",
     "destination port; of backscatter the attacked service"},
    {FilterField::protocol, "protocol", false, 0,
     "tcp, udp, icmp (both families), icmpv6, igmp, gre, ip-in-ip, ipv6-in-ip or a number up to 255",
     "protocol of the first transport header"},
    {FilterField::traffic_class, "class", false, 0, "scan, backscatter, request, echo, other", "kind of traffic"},
    {FilterField::fingerprint, "fingerprint", false, 0, "", "mark of a tool on a TCP SYN; none: no mark"},
    {FilterField::country, "country", false, 0, "two letters of ISO 3166-1 like JP, or unknown", "country of the source (an estimate)"},
    {FilterField::asn, "asn", false, 4294967295, "a number like 7303 or AS7303; 0 where unknown", "autonomous system of the source"},
    {FilterField::src, "src", false, 0, "an address like 192.0.2.7 or a prefix like 192.0.2.0/24 or 2001:db8::/32", "source address"},
    {FilterField::sensor, "sensor", false, 0, "the name of a sensor", "sensor that saw the packet"},
    {FilterField::window, "window", true, 65535, "a number from 0 to 65535 or a range like 1024..1025", "TCP window of a SYN"},
    {FilterField::ttl, "ttl", true, 255, "a number from 0 to 255 or a range like 33..64",
     "TTL or hop limit; 0 where the packets of a row differ"},
    {FilterField::src_port, "src_port", true, 65535, "a number from 0 to 65535 or a range like 1024..65535",
     "source port; of backscatter the destination port; 0 where the packets of a row differ"},
    {FilterField::length, "length", true, 65535, "a number of bytes from 0 to 65535 or a range like 40..60",
     "IP length in bytes; 0 where the packets of a row differ"},
    {FilterField::ip_version, "ip_version", false, 6, "4 or 6", "version of IP"},
    {FilterField::tag, "tag", false, 0, "the id of a signature like huawei-hg532, or none", "signature that what was sent matches"},
    {FilterField::service, "service", false, 0, "", "service that a reflector was asked for; of an attack any of them"},
}};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string value_text(FilterField field, const FilterValue& value) {
  if (field == FilterField::sensor || field == FilterField::tag) return quoted(value.text);
  if (field == FilterField::src) {
    const bool one_address = value.prefix->length == (value.prefix->first.version == 4 ? 32 : 128);
    return one_address ? format(value.prefix->first) : format(*value.prefix);
  }
  if (rule_of(field).highest == 0) return value.text;
  const std::string prefix = field == FilterField::asn ? "AS" : "";
  std::string out = prefix + std::to_string(value.first);
  if (value.last != value.first) out += ".." + prefix + std::to_string(value.last);
  return out;
}

std::string_view operator_text(FilterOperator op) {
  constexpr std::array<std::string_view, 8> texts = {"=", "!=", "<", "<=", ">", ">=", "in", "not in"};
  return texts[static_cast<std::size_t>(op)];
}

std::string comparison_text(const FilterExpression& expression) {
  std::string out = std::string(rule_of(expression.field).name) + " " + std::string(operator_text(expression.op)) + " ";
  if (expression.op != FilterOperator::in && expression.op != FilterOperator::not_in)
    return out + value_text(expression.field, expression.values.front());
  out += "(";
  for (const FilterValue& value : expression.values)
    out += (&value == &expression.values.front() ? "" : ", ") + value_text(expression.field, value);
  return out + ")";
}

}  // namespace

std::span<const FilterFieldRule> filter_fields() { return kRules; }

const FilterFieldRule& rule_of(FilterField field) { return kRules[static_cast<std::size_t>(field)]; }

bool operator==(const FilterExpression& a, const FilterExpression& b) {
  return a.kind == b.kind && a.parts == b.parts &&
         (a.kind != FilterExpression::Kind::comparison || (a.field == b.field && a.op == b.op && a.values == b.values));
}

std::string to_text(const FilterExpression& expression) {
  using Kind = FilterExpression::Kind;
  const auto inner = [](const FilterExpression& part) { return part.kind == Kind::comparison ? to_text(part) : "(" + to_text(part) + ")"; };
  switch (expression.kind) {
    case Kind::comparison: return comparison_text(expression);
    case Kind::negation: return "not " + inner(expression.parts.front());
    case Kind::all_of:
    case Kind::any_of: break;
  }
  std::string out;
  for (const FilterExpression& part : expression.parts) {
    if (&part != &expression.parts.front()) out += expression.kind == Kind::all_of ? " and " : " or ";
    // `not` binds tighter than both, and `and` tighter than `or`: only `or` inside `and` needs brackets.
    out += expression.kind == Kind::all_of && part.kind == Kind::any_of ? inner(part) : to_text(part);
  }
  return out;
}

bool names_field(const FilterExpression& expression, FilterField field) {
  if (expression.kind == FilterExpression::Kind::comparison) return expression.field == field;
  return std::ranges::any_of(expression.parts, [&](const FilterExpression& part) { return names_field(part, field); });
}

std::vector<std::uint8_t> protocols_of(std::string_view value) {
  if (value == "icmp") return {1, 58};
  const auto number = protocol_number(value);
  return number ? std::vector<std::uint8_t>{*number} : std::vector<std::uint8_t>{};
}

}  // namespace nightjar
