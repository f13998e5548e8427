#include "ingest/summary_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "net/address.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

using Json = nlohmann::ordered_json;

Json time_or_null(const std::optional<std::int64_t>& time_ns) { return time_ns ? Json(format_time(*time_ns)) : Json(nullptr); }

Json protocols_of(const Summary& summary) {
  Json object = Json::object();
  for (const auto& [number, packets] : summary.ranked_protocols()) object[protocol_name(number)] = packets;
  return object;
}

Json undecodable_of(const Summary& summary) {
  Json object = Json::object();
  for (std::size_t reason = 1; reason < kUndecodableReasons; ++reason) {
    if (summary.undecodable[reason] > 0) object[std::string(kUndecodableNames[reason])] = summary.undecodable[reason];
  }
  return object;
}

Json classes_of(const Summary& summary) {
  Json object = Json::object();
  for (std::size_t i = 1; i < kClassNames.size(); ++i) object[std::string(kClassNames[i])] = summary.classes[i];
  return object;
}

Json fingerprints_of(const Summary& summary) {
  Json object = Json::object();
  for (const Summary::Fingerprint& entry : summary.fingerprints) {
    object[std::string(entry.name)] = {{"packets", entry.packets}, {"sources", entry.sources}};
  }
  return object;
}

Json windows_of(const Summary& summary) {
  Json object = Json::object();
  for (const auto& [window, packets] : summary.syn_windows) object[std::to_string(window)] = packets;
  return object;
}

Json top(const std::vector<Summary::PortCount>& ports) {
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(ports.size(), kTopPorts); ++i) list.push_back({ports[i].first, ports[i].second});
  return list;
}

Json object_of(const Summary& summary) {
  Json object = Json::object();
  if (!summary.file.empty()) object["file"] = summary.file;
  object["packets"] = summary.packets;
  object["bytes"] = summary.bytes;
  object["first"] = time_or_null(summary.first_ns);
  object["last"] = time_or_null(summary.last_ns);
  object["link_type"] = summary.link_types.empty() ? Json(nullptr) : Json(summary.link_type_names());
  object["protocols"] = protocols_of(summary);
  object["ipv4"] = summary.ipv4;
  object["ipv6"] = summary.ipv6;
  object["not_ip"] = summary.not_ip;
  object["undecodable"] = undecodable_of(summary);
  object["sources"] = summary.sources();
  object["sources_ipv4"] = summary.sources_ipv4;
  object["sources_ipv6"] = summary.sources_ipv6;
  object["destinations"] = summary.destinations;
  object["tcp_syn"] = summary.tcp_syn;
  object["tcp_syn_sources"] = summary.tcp_syn_sources;
  object["tcp_syn_ack"] = summary.tcp_syn_ack;
  object["tcp_syn_ack_sources"] = summary.tcp_syn_ack_sources;
  object["tcp_rst"] = summary.tcp_rst;
  object["tcp_null_flags"] = summary.tcp_null_flags;
  object["classes"] = classes_of(summary);
  object["fingerprints"] = fingerprints_of(summary);
  object["syn_windows"] = windows_of(summary);
  object["top_tcp_syn_ports"] = top(summary.tcp_syn_ports);
  object["top_udp_ports"] = top(summary.udp_ports);
  object["damage"] = summary.damage ? Json(*summary.damage) : Json(nullptr);
  return object;
}

}  // namespace

std::string summary_json(const Summaries& summaries) {
  Json root = Json::object();
  if (summaries.total) {
    root["files"] = Json::array();
    for (const Summary& file : summaries.files) root["files"].push_back(object_of(file));
    root["total"] = object_of(*summaries.total);
  } else if (!summaries.files.empty()) {
    root = object_of(summaries.files.front());
  }
  // File names may hold any bytes: what is no UTF-8 becomes U+FFFD.
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace nightjar
