#pragma once
#include <cstdint>
#include <span>

#include "simulate/event_draws.hpp"
#include "simulate/tool.hpp"

namespace nightjar::simulate {

/// A UDP packet that asks, without its payload: to the event's port, from a port that the system of the host gave.
void start_question(const Event& event, const Draws& draws, Knock& knock);

/// Names that a DNS scanner asks for.
enum class DnsQuestion : std::uint8_t {
  any,       ///< ANY of a domain, with EDNS and 4096 bytes: what amplifies
  version,   ///< VERSION.BIND, TXT, class CH
  own_name,  ///< A of a name with the asked address in it, which finds forwarders
  address,   ///< A of an ordinary name
};

// Payloads; they stand in constants or in `scratch`.
std::span<const std::uint8_t> dns_question(DnsQuestion kind, const Event& event, const Draws& draws, Scratch& scratch);
std::span<const std::uint8_t> ntp_monlist();
std::span<const std::uint8_t> ntp_client(const Event& event, const Draws& draws, Scratch& scratch);
std::span<const std::uint8_t> ssdp_search(unsigned variant);  ///< 0 to 3
std::span<const std::uint8_t> sip_options(const Event& event, const Draws& draws, std::uint16_t own_port, Scratch& scratch);
std::span<const std::uint8_t> snmp_get_bulk(const Draws& draws, Scratch& scratch);
std::span<const std::uint8_t> netbios_status(const Draws& draws, Scratch& scratch);
std::span<const std::uint8_t> memcached_stats();

/// A question for the service of the event's port; an HTTP request where none is known.
std::span<const std::uint8_t> question_for(const Event& event, const Draws& draws, Scratch& scratch);

/// `size` random bytes that look like no answer, whatever the port.
std::span<const std::uint8_t> random_question(const Draws& draws, std::size_t size, Scratch& scratch);

}  // namespace nightjar::simulate
