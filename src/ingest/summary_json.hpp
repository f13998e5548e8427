#pragma once
#include <string>

#include "ingest/summary.hpp"

namespace nightjar {

/// One object for one capture; {"files": [...], "total": {...}} for several. Keys in the order of docs and issue, times ISO 8601 UTC,
/// bytes as they are on the wire. Ends with a newline.
std::string summary_json(const Summaries& summaries);

/// Ports listed in `top_tcp_syn_ports` and `top_udp_ports`.
inline constexpr std::size_t kTopPorts = 10;

}  // namespace nightjar
