// A conversation of any bytes, who speaks decided by them too: logins and commands within bounds, and their stored form comes back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "payload/stored_text.hpp"
#include "payload/typed.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  // Turns: a byte that tells who speaks (its lowest bit) and how long (the rest), then the words.
  Conversation conversation;
  conversation.port = size % 2 == 0 ? 23 : 4'000;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (std::size_t at = 0; at < size;) {
    const bool client = (bytes[at] & 1) != 0;
    const std::size_t length = std::min<std::size_t>(bytes[at] >> 1, size - at - 1);
    (client ? conversation.client : conversation.server) += text.substr(at + 1, length);
    conversation.turns.push_back({client, static_cast<std::uint32_t>(length)});
    at += 1 + length;
  }
  for (int round = 0; round < 2; ++round) {
    const Typed typed = read_typed(conversation);
    if (typed.logins.size() > kMostLogins || typed.commands.size() > kMostTypedCommands) std::abort();
    const auto logins = logins_from_stored(stored_logins(typed.logins));
    const auto commands = commands_from_stored(stored_commands(typed.commands));
    if (!logins || *logins != typed.logins || !commands || *commands != typed.commands) std::abort();
    conversation.turns.clear();  // and once more as if nobody knew the order
  }
  if (from_stored(to_stored(text)) != text) std::abort();
  (void)logins_from_stored(text);
  (void)commands_from_stored(text);
  return 0;
}
