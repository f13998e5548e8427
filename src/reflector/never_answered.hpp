#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "net/address.hpp"
#include "reflector/silence.hpp"

namespace nightjar::reflector {

/// Prefixes, any number of them; one search an address.
class PrefixSet {
 public:
  explicit PrefixSet(std::span<const Prefix> prefixes);
  bool contains(const Address& address) const;

 private:
  struct Range {
    Address first, last;
  };
  std::vector<Range> ranges_;  ///< ascending, apart from each other
};

/// Ports that are never answered: 0, which is nobody's, and those of services that answer what comes to them; two of these that are made
/// to talk to each other never stop (rule 7).
std::span<const std::uint16_t> loop_ports();

/// Who is never answered, whatever the budgets say (safety rule 7). Does not change; any number of threads.
class NeverAnswered {
 public:
  struct Lists {
    std::vector<Prefix> own_sensors;  ///< of all sensors of the deployment
    std::vector<Prefix> opted_out;    ///< who asked the operator to be left alone
  };
  explicit NeverAnswered(const Lists& lists);

  /// Silence::none where the source may be answered.
  Silence reason(const Address& source, std::uint16_t source_port) const;

 private:
  PrefixSet own_sensors_, opted_out_;
};

}  // namespace nightjar::reflector
