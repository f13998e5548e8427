#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"
#include "payload/udp_request.hpp"
#include "reflector/canned_answers.hpp"
#include "reflector/egress_ledger.hpp"
#include "reflector/never_answered.hpp"
#include "reflector/reply_budget.hpp"
#include "reflector/reply_packets.hpp"
#include "reflector/service.hpp"
#include "reflector/silence.hpp"

namespace nightjar::reflector {

/// What a service does with requests that it may answer.
enum class Mode : std::uint8_t {
  listen,    ///< nothing; it is recorded
  emulated,  ///< answers as the service would
  canned,    ///< answers what the operator's file holds, DNS from its zone too, else nothing
};
inline constexpr std::array<std::string_view, 3> kModeNames = {"listen", "emulated", "canned"};

/// One UDP datagram that came to the sensor, and when. Does not own the payload.
struct Datagram {
  Address source;
  Address destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::span<const std::uint8_t> payload;
  bool bad_checksum = false;
  std::int64_t monotonic_ns = 0;  ///< for budgets (rule 17)
  std::int64_t utc_ns = 0;        ///< for records, and what services tell as their time
};

/// What became of it. The record of it is made from `request`, whether it is answered or not.
struct Decision {
  UdpRequest request;
  Silence silence = Silence::none;  ///< none: the packets in the caller's ReplyPackets are to be sent, now
  Silence cut_by = Silence::none;   ///< why there are not as many as the service had
  std::uint64_t attack = 0;         ///< ReplyBudget::streak(); 0 for sources that nothing is remembered of
};

struct ReflectorConfig {
  /// A mail address or page where people reach who runs this. Without one every service listens, whatever its mode.
  std::string contact;
  std::array<Mode, kServices> modes{};  ///< by service; listen by default
  BudgetSettings budget;
  NeverAnswered::Lists never;
  Persona persona;
  CannedAnswers canned;
};

/// Whether a Reflector can be made of it, and does what it says; else a sentence.
Result<void> check(const ReflectorConfig& config);

struct ReflectorCounters {
  std::uint64_t requests = 0;
  std::uint64_t request_bytes = 0;                    ///< UDP payloads
  std::uint64_t replies = 0;                          ///< packets
  std::uint64_t reply_bytes = 0;                      ///< UDP payloads
  std::uint64_t packets_cut = 0;                      ///< of replies of which a part was sent
  std::array<std::uint64_t, kSilences> by_silence{};  ///< requests; [0]: answered
};

/// Decides over every datagram that comes to a sensor's reflector ports, and makes the replies. Everything that protects third parties is
/// inside: whoever sends exactly what it returns keeps the safety rules 1 to 8, 10, 12, 15 and 17. It opens no socket and reads no clock.
/// Nothing is allocated for a datagram. One thread: two of them would have two budgets.
class Reflector {
 public:
  /// `config` passed check().
  Reflector(ReflectorConfig config, std::int64_t monotonic_ns);

  /// Counts the datagram and fills `replies` with what must be sent to its source, from its destination and port; each packet is in the
  /// ledger by then.
  Decision handle(const Datagram& datagram, ReplyPackets& replies);

  /// While true nothing is answered: packets are lost, or records wait to be written (rule 12: replies stop first, recording last).
  void set_overloaded(bool overloaded) { overloaded_ = overloaded; }
  /// Compares the ledger with what the network says left since this object was made (rule 9). On an error nothing is sent any more, until
  /// allow_sending_again(): an operator's decision.
  Result<void> check_egress(const EgressTotals& interface);
  void allow_sending_again() { stopped_ = false; }

  ReplyBudget& budget() { return budget_; }
  EgressLedger& ledger() { return ledger_; }
  const ReflectorCounters& counters() const { return counters_; }
  Mode mode_of(Service service) const { return config_.modes[static_cast<std::size_t>(service)]; }

 private:
  Silence judge(const Datagram& datagram, Decision& decision);
  /// Keeps of the replies what the budget allows and the ledger holds.
  void account(const Datagram& datagram, Decision& decision, ReplyPackets& replies);

  ReflectorConfig config_;
  NeverAnswered never_;
  ReplyBudget budget_;
  EgressLedger ledger_;
  ReflectorCounters counters_;
  bool overloaded_ = false;
  bool stopped_ = false;
};

}  // namespace nightjar::reflector
