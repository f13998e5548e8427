#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "aggregate/session_table.hpp"
#include "base/result.hpp"
#include "net/packet.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {

class SignatureSet;

/// The way of packets into honeypots: they are put together to conversations, which are read and become rows. Wants the packets of a
/// sensor in the order of its captures; one thread at a time.
class HoneypotDoor {
 public:
  /// `signatures` tag what is read. Open conversations hold at most `most_bytes` of memory. Fails where there is no memory.
  static Result<std::unique_ptr<HoneypotDoor>> open(const std::shared_ptr<const SignatureSet>& signatures, std::uint64_t most_bytes);
  ~HoneypotDoor();

  /// A TCP packet to (observed) or from (outbound) a honeypot; `facts` are those of a bare SYN. `known`: the lake has it already, so it
  /// only helps to understand what follows.
  void take(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor, Direction direction, std::uint32_t facts,
            bool known);

  /// Makes rows of the conversations that are still open: a batch that is committed holds all that its packets say. They go on.
  void hand_over();

  /// Rows of conversations that ended or were handed over.
  SessionTable sessions;

 private:
  struct Open;
  HoneypotDoor();
  std::unique_ptr<Open> open_;
};

}  // namespace nightjar
