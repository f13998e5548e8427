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

/// What a part says that is not said already.
struct ToldPart {
  double share = 0;
  std::vector<AttributeValue> values;
};
/// What parts say in either language: every value once, and of parts with more than one what a part that carries nearly all of the rise
/// does not say of all.
struct ToldRise {
  std::vector<ToldPart> countries;  ///< of one country each, at most 3
  std::vector<ToldPart> others;     ///< at most 3
  bool names_country = false;
};
ToldRise told_rise(const Incident& incident);
/// Whether a part is one network, and so is the one told before it.
bool is_one_more_network(const std::vector<ToldPart>& parts, const ToldPart& part);

/// The share of a DoS incident's rise that its flags and source ports carry, and their flags; 0: not known.
struct ToldBackscatter {
  double share = 0;
  std::string flags;  ///< "SYN-ACK"
};
ToldBackscatter told_backscatter(const Incident& incident);

}  // namespace nightjar
