#include "ingest/honeypot_door.hpp"

#include <utility>

#include "payload/conversations.hpp"
#include "payload/reading.hpp"
#include "payload/recogniser.hpp"

namespace nightjar {

struct HoneypotDoor::Open {
  Recogniser recogniser;
  Conversations conversations;

  Open(Recogniser reader, std::uint64_t most_bytes, SessionTable& rows)
      : recogniser(std::move(reader)), conversations({.most_bytes = most_bytes}, [this, &rows](Conversation&& conversation) {
          rows.add(conversation, read_conversation(conversation, recogniser));
        }) {}
};

HoneypotDoor::HoneypotDoor() = default;
HoneypotDoor::~HoneypotDoor() = default;

Result<std::unique_ptr<HoneypotDoor>> HoneypotDoor::open(const std::shared_ptr<const SignatureSet>& signatures, std::uint64_t most_bytes) {
  auto recogniser = Recogniser::make(signatures);
  if (!recogniser) return recogniser.error();
  std::unique_ptr<HoneypotDoor> door(new HoneypotDoor);
  door->open_ = std::make_unique<Open>(std::move(*recogniser), most_bytes, door->sessions);
  return door;
}

void HoneypotDoor::take(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor, Direction direction,
                        std::uint32_t facts, bool known) {
  open_->conversations.add(packet, payload, sensor, direction == Direction::observed, facts, known);
}

void HoneypotDoor::hand_over() { open_->conversations.hand_over_open(); }

}  // namespace nightjar
