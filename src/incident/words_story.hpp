#pragma once
#include <string>
#include <vector>

#include "incident/incident.hpp"

namespace nightjar {

std::vector<std::string> english_story(const Incident& incident);
std::vector<std::string> japanese_story(const Incident& incident);

/// What parts say in either language: the parts that name something which the first sentence does not.
struct ToldRise {
  std::vector<const RisePart*> countries;  ///< at most 3
  std::vector<const RisePart*> others;     ///< at most 2
};
ToldRise told_rise(const Incident& incident);

/// The share of a DoS incident's rise that its flags and source ports carry, and their flags; 0: not known.
struct ToldBackscatter {
  double share = 0;
  std::string flags;  ///< "SYN-ACK"
};
ToldBackscatter told_backscatter(const Incident& incident);

}  // namespace nightjar
