#include "payload/typed.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "payload/malware_urls.hpp"
#include "payload/payload_pieces.hpp"
#include "payload/plain_logins.hpp"
#include "payload/telnet_dialogue.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;

/// Who said what in which order. Turns tell of bytes that were not kept, too; kept bytes without a turn come last, the client's first.
std::vector<Speech> speeches_of(const Conversation& conversation) {
  std::vector<Speech> speeches;
  std::string_view client = conversation.client, server = conversation.server;
  const auto say = [&](bool by_client, std::size_t size) {
    std::string_view& left = by_client ? client : server;
    const std::string_view text = left.substr(0, size);
    left.remove_prefix(text.size());
    if (!text.empty()) speeches.push_back({by_client, text});
  };
  for (const Turn& turn : conversation.turns) say(turn.client, turn.size);
  say(true, client.size());
  say(false, server.size());
  return speeches;
}

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.size() > word.size() && (text[word.size()] == ' ' || text[word.size()] == '\r') &&
         std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == (b >= 'a' && b <= 'z' ? b - 'a' + 'A' : b); });
}

/// Protocols of bytes, or with logins of another kind, that a client's first bytes tell: nothing is typed in them.
bool is_other_protocol(std::string_view client) {
  using namespace std::string_view_literals;
  constexpr std::array kBeginnings = {"SSH-"sv,
                                      "\x16\x03"sv,
                                      "\x03\x00"sv,
                                      "EHLO "sv,
                                      "HELO "sv,
                                      "RFB 0"sv,
                                      "<?xml"sv,
                                      "\x7f"
                                      "ELF"sv};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(), [&](std::string_view begin) { return client.starts_with(begin); }) ||
         client.substr(0, 8).ends_with("\xffSMB"sv) || client.substr(0, 8).ends_with("\xfeSMB"sv);
}

Typed read_telnet(const Conversation& conversation, const std::vector<Speech>& speeches) {
  TelnetDialogue dialogue(conversation.port == 23 || conversation.port == 2'323);
  for (const Speech& speech : speeches) {
    if (speech.client)
      dialogue.client_says(speech.text);
    else
      dialogue.server_says(speech.text);
  }
  return dialogue.finish();
}

}  // namespace

Typed read_typed(const Conversation& conversation) {
  Typed typed;
  const std::string_view client = conversation.client;
  if (client.empty() || is_other_protocol(client)) return typed;
  const std::vector<Speech> speeches = speeches_of(conversation);
  const std::string_view first_line = client.substr(0, client.find('\n'));
  const bool http = is_http_request(client), bridge = client.starts_with("CNXN") || client.starts_with("OPEN");
  if (http || bridge) {
    typed.commands = injected_commands({reinterpret_cast<const std::uint8_t*>(client.data()), client.size()});
    if (http) typed.logins = basic_logins(speeches);
  } else if (first_line.find(" HTTP/") != npos || first_line.find(" RTSP/") != npos || first_line.find(" SIP/") != npos) {
    typed.logins = basic_logins(speeches);
  } else if (begins_with_word(client, "USER") || begins_with_word(client, "AUTH TLS")) {
    typed.logins = ftp_logins(speeches);
  } else if (begins_with_word(client, "AUTH") || (client.size() > 1 && client[0] == '*' && client[1] >= '1' && client[1] <= '9')) {
    typed.logins = redis_logins(speeches);
  } else {
    typed = read_telnet(conversation, speeches);
  }
  return typed;
}

}  // namespace nightjar
