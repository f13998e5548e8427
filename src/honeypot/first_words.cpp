// Protocols of which only the first words are spoken: TLS, RDP, VNC, MySQL.
#include <string>

#include "honeypot/dialogues.hpp"
#include "honeypot/turns.hpp"

namespace nightjar {
namespace {

using namespace std::string_literals;

std::unique_ptr<Dialogue> turns(std::string greeting, std::vector<Turn> turns) {
  return std::make_unique<TurnsDialogue>(std::move(greeting), std::move(turns));
}

}  // namespace

/// A server that has no cipher in common with the client: alert handshake_failure (RFC 5246, 7.2). The ClientHello is what is wanted.
std::unique_ptr<Dialogue> make_tls(const Opening&) { return turns({}, {{0, "\x15\x03\x01\0\x02\x02\x28"s, true}}); }

/// Connection confirm with the negotiation response "TLS" (MS-RDPBCGR 2.2.1.2.1); the ClientHello that follows is refused as above. The
/// user name of the cookie (mstshash) is in the first request.
std::unique_ptr<Dialogue> make_rdp(const Opening& opening) {
  std::string confirm = "\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x01\0\0\0"s;
  const std::uint64_t reference = opening.persona.number("rdp reference", opening.number);
  confirm[8] = static_cast<char>(reference);
  confirm[9] = static_cast<char>(reference >> 8);
  return turns({}, {{0, std::move(confirm)}, {0, "\x15\x03\x01\0\x02\x02\x28"s, true}});
}

/// RFC 6143: version, one kind of authentication (a password), its challenge, a refusal.
std::unique_ptr<Dialogue> make_vnc(const Opening& opening) {
  const std::string reason = "Authentication failure";
  std::string refusal = "\0\0\0\x01\0\0\0"s;
  refusal += static_cast<char>(reason.size());
  return turns("RFB 003.008\n",
               {{12, "\x01\x02"}, {1, opening.persona.bytes("vnc challenge", 16, opening.number)}, {16, refusal + reason, true}});
}

/// Handshake of protocol 10 (MySQL Internals, "Protocol::HandshakeV10"), then error 1045 whatever the client answers.
std::unique_ptr<Dialogue> make_mysql(const Opening& opening) {
  constexpr std::string_view kVersions[] = {"5.5.62-log", "5.6.51", "5.7.33-log", "5.7.44"};
  std::string salt = opening.persona.bytes("mysql salt", 20, opening.number);
  for (char& c : salt) c = static_cast<char>(33 + static_cast<std::uint8_t>(c) % 90);  // printable and not 0, as the server makes it
  std::string body = "\x0a" + std::string(opening.persona.pick("mysql version", kVersions)) + '\0';
  const std::uint64_t id = 40 + opening.persona.number("mysql connection", opening.number) % 40'000;
  for (int shift = 0; shift < 32; shift += 8) body += static_cast<char>(id >> shift);
  body += salt.substr(0, 8) + '\0' + "\xff\xf7\x21\x02\x00\x0f\x80\x15"s + std::string(10, '\0') + salt.substr(8) + '\0' +
          "mysql_native_password"s + '\0';
  std::string error = "\xff\x15\x04#28000Access denied for user"s;
  const auto packet = [](char number, const std::string& payload) {
    return std::string{static_cast<char>(payload.size()), 0, 0, number} + payload;
  };
  return turns(packet(0, body), {{0, packet(2, error), true}});
}

}  // namespace nightjar
