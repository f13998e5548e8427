#pragma once
#include <string>
#include <vector>

#include "incident/incident.hpp"

namespace nightjar {

using Story = std::vector<std::string>;

/// One language: sentences of each piece of a story; what it does not support adds none.
struct Teller {
  std::string (*size)(const Incident&);      ///< what and how much
  std::string (*answers)(const Incident&);   ///< of backscatter: what the packets are
  std::string (*parts)(const Incident&);     ///< from whom, by which mark; may be empty
  void (*sources)(const Incident&, Story&);  ///< few or many, new or known
  void (*payloads)(const Incident&, Story&);
  void (*cause)(const Incident&, Story&);  ///< what it probably is, and what is not known
  void (*ports)(const Incident&, Story&);  ///< what else rose, and what did not
  std::string (*unexplained)(double share);
  void (*became)(const Incident&, Story&);
};
const Teller& english_teller();
const Teller& japanese_teller();

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
