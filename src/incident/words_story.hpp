#pragma once
#include <string>
#include <vector>

#include "incident/incident.hpp"

namespace nightjar {

using Story = std::vector<std::string>;

/// One language: sentences of each piece of a story; what it does not support adds none.
struct Teller {
  std::string (*size)(const Incident&);       ///< what and how much
  std::string (*unwatched)(const Incident&);  ///< of an onset that was not seen: that it may be earlier
  std::string (*answers)(const Incident&);    ///< of backscatter: what the packets are
  std::string (*other_total)(const OtherTotal&);
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
  bool names_one_country = false;   ///< and no other, the incident's own included
  bool of_more_than_level = false;  ///< the levels told are those of one country, the rise is of others too
};
ToldRise told_rise(const Incident& incident);
/// Whether a part is one network, and so is the one told before it.
bool is_one_more_network(const std::vector<ToldPart>& parts, const ToldPart& part);

/// What is told of a DoS incident's packets. Share, flags, port and hosts are those of one part; other parts are told with their own share.
struct ToldBackscatter {
  double share = 0;         ///< 0: not known
  std::string flags;        ///< "SYN-ACK"; may be empty
  std::string port;         ///< the source port that all packets of the part have; may be empty
  std::uint64_t hosts = 0;  ///< addresses of the part; 0: not known
  double port_share = 0;    ///< of the incident's port where not all of the part has it; 0: nothing to tell
  std::string source;       ///< the address that carries most of several; may be empty
  double source_share = 0;
  /// Victims to speak of by number after that; 0: the sentence before spoke of others, or of none.
  std::uint64_t victims = 0;
  bool is_one = false;  ///< server, as far as is known
};
ToldBackscatter told_backscatter(const Incident& incident);

}  // namespace nightjar
