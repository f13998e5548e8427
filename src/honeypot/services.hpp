#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "honeypot/dialogue.hpp"
#include "honeypot/recognise.hpp"

namespace nightjar {

/// One protocol of the honeypot.
struct Service {
  std::string_view name;                 ///< as operators read it
  std::span<const std::uint16_t> ports;  ///< where it is spoken unless the client speaks something else
  Spoken spoken;                         ///< what gives it away on any port; Spoken::other: nothing
  std::unique_ptr<Dialogue> (*make)(const Opening&);
  bool greets;  ///< speaks first
};

/// All services of the honeypot, the generic one last. A new one is a line here.
std::span<const Service> honeypot_services();
/// The one of a port; the generic one where no other has it.
const Service& service_of(std::uint16_t port);
/// The one that speaks so; the generic one for Spoken::other and what has no service of its own.
const Service& service_of(Spoken spoken);

}  // namespace nightjar
