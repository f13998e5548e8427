#include "figure/filter_value.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "fingerprint/catalogue.hpp"
#include "schema/services.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

using Read = std::variant<FilterValue, std::string>;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::vector<std::string> fingerprint_names() {
  std::vector<std::string> names;
  for (const Fingerprint& fingerprint : fingerprint_catalogue()) names.emplace_back(fingerprint.name);
  names.emplace_back("none");
  return names;
}

std::vector<std::string> class_names() {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < kClassNames.size(); ++i) names.emplace_back(kClassNames[i]);
  return names;
}

std::vector<std::string> service_names() { return {kServiceNames.begin(), kServiceNames.end()}; }

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string wrong(const FilterFieldRule& rule, const FilterToken& token, const std::string& near) {
  return "there is no " + std::string(rule.name) + " \"" + token.text + "\"." + (near.empty() ? "" : " Did you mean " + near + "?") +
         " Possible: " + possible_values(rule);
}

Read one_of(const FilterFieldRule& rule, const FilterToken& token, const std::vector<std::string>& names) {
  if (std::ranges::find(names, token.lower) != names.end()) return FilterValue{.text = token.lower};
  return wrong(rule, token, nearest(token.lower, names));
}

Read protocol(const FilterFieldRule& rule, const FilterToken& token) {
  if (token.lower == "icmp") return FilterValue{.text = "icmp"};
  if (const auto value = number(token.lower)) {
    if (*value > 255) return wrong(rule, token, "");
    // 1 stays a number: the name icmp stands for both families.
    return FilterValue{.text = *value == 1 ? "1" : protocol_name(static_cast<std::uint8_t>(*value))};
  }
  if (const auto known = protocol_number(token.lower)) return FilterValue{.text = *known == 1 ? "1" : protocol_name(*known)};
  const std::vector<std::string> names = {"tcp", "udp", "icmp", "icmpv6", "igmp", "gre", "ip-in-ip", "ipv6-in-ip"};
  return wrong(rule, token, nearest(token.lower, names));
}

Read country(const FilterFieldRule& rule, const FilterToken& token) {
  if (token.lower == "unknown") return FilterValue{.text = "unknown"};
  const bool letters = token.lower.size() == 2 && std::ranges::all_of(token.lower, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!letters) return wrong(rule, token, "");
  std::string code = token.lower;
  for (char& c : code) c = static_cast<char>(c - 'a' + 'A');
  return FilterValue{.text = code};
}

/// Which ids there are is a matter of the files that were in use when the lake was filled: any word may be one.
Read tag(const FilterToken& token) {
  if (token.lower.empty() || token.lower.find_first_of(" \\") != std::string::npos) return "the id of a signature is one word";
  return FilterValue{.text = token.lower};
}

Read prefix(const FilterToken& token) {
  auto read = parse_prefix(token.lower);
  if (!read) return read.error().sentence;
  return FilterValue{.prefix = *read};
}

std::optional<std::uint64_t> number_of(FilterField field, std::string_view text) {
  if (field == FilterField::asn && text.starts_with("as")) text.remove_prefix(2);
  return number(text);
}

Read range(const FilterFieldRule& rule, const FilterToken& token) {
  const std::size_t dots = token.lower.find("..");
  const std::string_view text = token.lower;
  const auto first = number_of(rule.field, text.substr(0, dots));
  const auto last = dots == std::string::npos ? first : number_of(rule.field, text.substr(dots + 2));
  if (!first || !last || *first > rule.highest || *last > rule.highest) return wrong(rule, token, "");
  if (rule.field == FilterField::ip_version && (*first != *last || (*first != 4 && *first != 6))) return wrong(rule, token, "");
  if (*first > *last)
    return "the range " + token.text + " runs backwards; did you mean " + std::to_string(*last) + ".." + std::to_string(*first) + "?";
  return FilterValue{.first = *first, .last = *last};
}

}  // namespace

std::string possible_values(const FilterFieldRule& rule) {
  if (rule.field == FilterField::fingerprint) return joined(fingerprint_names());
  return rule.field == FilterField::service ? joined(service_names()) : std::string(rule.values);
}

Read read_filter_value(const FilterFieldRule& rule, const FilterToken& token) {
  switch (rule.field) {
    case FilterField::protocol: return protocol(rule, token);
    case FilterField::traffic_class: return one_of(rule, token, class_names());
    case FilterField::fingerprint: return one_of(rule, token, fingerprint_names());
    case FilterField::country: return country(rule, token);
    case FilterField::src: return prefix(token);
    case FilterField::tag: return tag(token);
    case FilterField::service: return one_of(rule, token, service_names());
    case FilterField::sensor:
      if (token.text.find('\\') != std::string::npos) return "the name of a sensor holds no backslash";
      return FilterValue{.text = token.text};
    case FilterField::port:
    case FilterField::asn:
    case FilterField::window:
    case FilterField::ttl:
    case FilterField::src_port:
    case FilterField::length:
    case FilterField::ip_version: return range(rule, token);
  }
  return FilterValue{};
}

}  // namespace nightjar
