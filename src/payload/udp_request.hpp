#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "payload/query_text.hpp"
#include "schema/services.hpp"

namespace nightjar {

/// What an UDP datagram to a reflector asks for.
struct UdpRequest {
  Service service = Service::unknown;
  bool answer = false;            ///< it answers something: backscatter by the rule of classes (docs/definitions.md), not a request
  std::uint32_t kinds = 0;        ///< bits of payload/request_kinds.hpp for this service, at least one; 0 for an answer
  std::uint64_t reply_bytes = 0;  ///< UDP payloads of all packets that an ordinary open server would send back; 0: none, or unknown
  QueryText query;                ///< "example.com ANY", "ssdp:all", "public 1.3.6.1"; empty where nothing is named
};

/// The service whose own port this is, if it is one's: there the port alone decides. Ports that several protocols share (443) have none.
std::optional<Service> service_of_port(std::uint16_t port);

/// Reads a datagram that was sent to `port`. Any bytes are read, within their bounds, in time that grows with their number at most, without
/// allocation. The service is that of the port; at other ports what the bytes are recognised as, else unknown. Bytes that are no
/// request of the port's service have kind 0 alone. A datagram of which the capture kept a part is read as far as it goes.
UdpRequest read_request(std::span<const std::uint8_t> payload, std::uint16_t port);

}  // namespace nightjar
