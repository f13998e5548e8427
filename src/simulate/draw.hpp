#pragma once
#include <cstdint>
#include <vector>

#include "simulate/event.hpp"
#include "simulate/model.hpp"

namespace nightjar::simulate {

/// The observed addresses as places on a line: first the honeypot's, then the darknet's from its lowest address on. A host's probes hit
/// the line like rain; an observatory with fewer places sees exactly the part of it that falls on its own.
struct Places {
  std::uint32_t honeypot = 0;  ///< addresses of the honeypot
  std::uint32_t darknet = 0;   ///< addresses of the darknet

  double length() const { return static_cast<double>(honeypot) + darknet; }
  std::uint32_t address(double place) const {
    const auto index = static_cast<std::uint32_t>(place);
    return index < honeypot ? kHoneypotFirst + index : kDarknetFirst + (index - honeypot);
  }
};

/// Draws what hosts send, those only that are seen at all: a host of a population sends so many probes in its life to a place, on average,
/// that the first place hit is exponential; hosts are drawn in the order of their first place, and end where the line ends.
class Draw {
 public:
  /// Packets outside `from` to `to` (seconds since 1970) are drawn, but not kept. The model must outlive this.
  Draw(const Model& model, Places places, std::uint64_t seed, std::int64_t from, std::int64_t to);

  /// Appends all packets, whenever they are sent, of the hosts of a population that were born on a UTC day (days since 1970); on the first
  /// day of the model also of those that lived already. Of fixed hosts: what they send on that day. In no order. Every call gives the
  /// same, whatever was asked before; safe to be called by several threads.
  void add_born_on(std::int64_t day, std::size_t population, std::vector<Event>& events) const;

  /// The first day whose births can matter for packets from `from` on, but for a host in 10^9.
  std::int64_t first_day_that_matters() const { return first_day_; }

 private:
  struct Host;
  void add_cohort(std::int64_t day, std::size_t population, std::vector<Event>& events) const;
  void add_fixed(std::int64_t day, std::size_t population, std::vector<Event>& events) const;
  void add_probe(const Host& host, double place, double hour, Random& random, std::vector<Event>& events) const;

  const Model& model_;
  Places places_;
  std::uint64_t seed_;
  std::int64_t from_ns_, to_ns_;
  std::int64_t first_day_;
};

}  // namespace nightjar::simulate
